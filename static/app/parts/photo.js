// Pictures as they are sent: a photograph in a size that fits every screen, in a format that every device shows.
// Loaded with the first picture that is chosen.

const LONGEST = 2560; // pixels of the longer side
const NARROWEST = 1440; // pixels of the shorter side, of which no less is left: the words on a long page stay legible
const QUALITY = 0.85;
/** What HEIC calls itself, at the beginning of a file. */
const HEIC = /^ftyp(hei[cfmsx]|hev[cmsx]|mif1|msf1)/;

/**
 * The picture to be sent in the place of one that was chosen; null where no device would show it.
 * @param {File} file @returns {Promise<File|null>}
 */
export function asSent(file) {
  const sent = last.then(() => make(file));
  last = sent.catch(() => {});
  return sent;
}

/** Pictures are made one after the other: each takes many times its size meanwhile. @type {Promise<unknown>} */
let last = Promise.resolve();

/** @param {File} file @returns {Promise<File|null>} */
async function make(file) {
  const isHeic = await holdsHeic(file);
  if (!isHeic && file.type !== "image/jpeg") return file;
  const otherwise = isHeic ? null : file;
  const picture = await decode(file);
  if (!picture) return otherwise;
  const [width, height] = [picture.naturalWidth, picture.naturalHeight];
  const scale = Math.min(1, Math.max(LONGEST / Math.max(width, height), NARROWEST / Math.min(width, height)));
  if (scale === 1 && !isHeic) return file;
  const blob = await draw(picture, scale).catch(() => null);
  if (!blob || (blob.size >= file.size && !isHeic)) return otherwise;
  return new File([blob], `${file.name.replace(/\.\w+$/, "") || "picture"}.jpg`, { type: blob.type });
}

/** @param {File} file */
async function holdsHeic(file) {
  const start = new Uint8Array(await file.slice(4, 12).arrayBuffer());
  const { name, type } = file;
  return HEIC.test(String.fromCharCode(...start)) || /^image\/hei[cf]/.test(type) || /\.hei[cf]$/i.test(name);
}

/** The picture, turned as the camera was held; null where the browser cannot read it. @param {File} file */
async function decode(file) {
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  try {
    await picture.decode();
    return picture;
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(picture.src);
  }
}

/** @param {HTMLImageElement} picture @returns {Promise<Blob|null>} */
async function draw(picture, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.naturalWidth * scale);
  canvas.height = Math.round(picture.naturalHeight * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  canvas.width = 0; // some browsers keep its memory otherwise
  return blob;
}
