// Pictures as they are sent: a photograph in a size that fits every screen, in a format that every device shows; of no
// picture where and when it was taken. Loaded with the first picture that is chosen.

import { withoutMetadata } from "./metadata.js";

const LONGEST = 2560; // pixels of the longer side
const NARROWEST = 1440; // pixels of the shorter side, of which no less is left: the words on a long page stay legible
const QUALITY = 0.85;
/** What may say where it was taken. */
const TELLING = /^image\/(png|jpeg|gif|webp)$/;
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
  const picture = isHeic || file.type === "image/jpeg" ? await decode(file) : null;
  if (isHeic) return picture && redrawn(picture, scaleOf(picture), file);
  const scale = picture ? scaleOf(picture) : 1;
  const smaller = scale < 1 ? await redrawn(picture, scale, file) : null;
  if (smaller && smaller.size < file.size) return smaller;
  return TELLING.test(file.type) ? withoutPlace(file, picture) : file;
}

/** The picture without what it says besides. Where its bytes are not understood, it is what is seen of it. */
async function withoutPlace(file, picture) {
  const parts = withoutMetadata(new Uint8Array(await file.arrayBuffer()));
  if (parts) return new File(parts, file.name, { type: file.type });
  const seen = picture ?? (await decode(file));
  return (seen && (await redrawn(seen, 1, file))) ?? file;
}

/** By what a picture is made smaller, at most 1. @param {HTMLImageElement} picture */
function scaleOf({ naturalWidth: width, naturalHeight: height }) {
  return Math.min(1, Math.max(LONGEST / Math.max(width, height), NARROWEST / Math.min(width, height)));
}

/** The picture as a JPEG of what is seen. @param {HTMLImageElement} picture @returns {Promise<File|null>} */
async function redrawn(picture, scale, { name }) {
  const blob = await draw(picture, scale).catch(() => null);
  return blob && new File([blob], `${name.replace(/\.\w+$/, "") || "picture"}.jpg`, { type: blob.type });
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
