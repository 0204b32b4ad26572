// What a picture says besides itself: where and when it was taken, by what and by whom, in Exif, XMP, IPTC or comments,
// and smaller pictures that say the same. All of it is cut off, without making the picture anew; how the camera was
// held, the profile of the colours and the times of an animation stay.

/**
 * The bytes of a picture without it, in parts; null where they are not understood.
 * @param {Uint8Array} bytes @returns {Uint8Array[]|null}
 */
export function withoutMetadata(bytes) {
  const isOf = ([signature]) => signature.every((byte, at) => byte < 0 || bytes[at] === byte);
  const [, cut] = FORMATS.find(isOf) ?? [];
  try {
    return cut?.(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length)) ?? null;
  } catch (problem) {
    if (problem instanceof RangeError) return null; // it ends too early
    throw problem;
  }
}

const codes = (text) => [...text].map((letter) => letter.charCodeAt(0));
const textAt = (bytes, at, length) => String.fromCharCode(...bytes.subarray(at, at + length));

/** By how the bytes begin; what is below 0 may be anything. */
const FORMATS = [
  [[0xff, 0xd8], jpeg],
  [[0x89, ...codes("PNG\r\n"), 0x1a, 0x0a], png],
  [[...codes("RIFF"), -1, -1, -1, -1, ...codes("WEBP")], webp],
  [codes("GIF8"), gif],
];

/** A part that is whole. @throws {RangeError} where the bytes end before it does */
function slice(bytes, from, to) {
  if (to > bytes.length) throw new RangeError();
  return bytes.subarray(from, to);
}

// JPEG: segments, each with its marker and length; then the picture itself, and what some cameras put behind it.

const [APP0, APP1, APP2, ADOBE, APP15, COMMENT] = [0xe0, 0xe1, 0xe2, 0xee, 0xef, 0xfe];
const [SCAN, END] = [0xda, 0xd9];

function jpeg(bytes, view) {
  const parts = [slice(bytes, 0, 2)];
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === END) return [...parts, slice(bytes, at, at + 2)];
    if (marker === 0xff) {
      at += 1; // it fills up
      continue;
    }
    const segment = at + 2 + view.getUint16(at + 2);
    const end = marker === SCAN ? endOfScan(bytes, segment) : segment;
    if (staysInJpeg(marker, bytes, at)) parts.push(slice(bytes, at, end));
    else if (marker === APP1) parts.push(...turning(slice(bytes, at, end)));
    at = end;
  }
}

function staysInJpeg(marker, bytes, at) {
  if (marker === APP2) return textAt(bytes, at + 4, 11) === "ICC_PROFILE";
  return marker < APP0 || marker > APP15 ? marker !== COMMENT : marker === APP0 || marker === ADOBE;
}

/** Where the next marker is: in a scan, 0xff is followed by 0, or counts it. */
function endOfScan(bytes, from) {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next > 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

/** A segment that says how the camera was held, and nothing else; none where it was upright. @returns {Uint8Array[]} */
function turning(segment) {
  const turn = textAt(segment, 4, 6) === "Exif\0\0" ? turnOf(segment) : 1;
  if (!(turn > 1 && turn <= 8)) return [];
  const head = [0xff, APP1, 0, 34, ...codes("Exif\0\0"), ...codes("MM"), 0, 42, 0, 0, 0, 8];
  return [new Uint8Array([...head, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, turn, 0, 0, 0, 0, 0, 0])];
}

const [TIFF, ENTRY, ORIENTATION] = [10, 12, 0x0112]; // where the tags begin, how long each is, which one it is

function turnOf(segment) {
  const view = new DataView(segment.buffer, segment.byteOffset, segment.length);
  const isLittle = textAt(segment, TIFF, 2) === "II";
  const first = TIFF + view.getUint32(TIFF + 4, isLittle);
  for (let index = 0; index < view.getUint16(first, isLittle); index++) {
    const at = first + 2 + index * ENTRY;
    if (view.getUint16(at, isLittle) === ORIENTATION) return view.getUint16(at + 8, isLittle);
  }
  return 1;
}

// PNG and WebP: chunks, each with its length and name.

const PNG_STRANGE = ["eXIf", "tEXt", "zTXt", "iTXt", "tIME"];

function png(bytes, view) {
  const parts = [slice(bytes, 0, 8)];
  for (let at = 8, name = ""; name !== "IEND";) {
    const end = at + 12 + view.getUint32(at);
    name = textAt(bytes, at + 4, 4);
    if (!PNG_STRANGE.includes(name)) parts.push(slice(bytes, at, end));
    at = end;
  }
  return parts;
}

const WEBP_STRANGE = ["EXIF", "XMP "];
const WEBP_TELLS = 0x0c; // the flags that say that there is any

function webp(bytes, view) {
  const parts = [bytes.slice(0, 12)];
  const all = 8 + view.getUint32(4, true);
  for (let at = 12; at < all;) {
    const size = view.getUint32(at + 4, true);
    const end = at + 8 + size + (size % 2);
    const name = textAt(bytes, at, 4);
    if (!WEBP_STRANGE.includes(name)) parts.push(slice(bytes, at, end).slice());
    if (name === "VP8X") parts[parts.length - 1][8] &= ~WEBP_TELLS;
    at = end;
  }
  const size = parts.reduce((sum, part) => sum + part.length, -8);
  new DataView(parts[0].buffer).setUint32(4, size, true);
  return parts;
}

// GIF: blocks, each of which ends with an empty sub-block.

const [EXTENSION, IMAGE, TRAILER] = [0x21, 0x2c, 0x3b];
const [GIF_COMMENT, APPLICATION] = [0xfe, 0xff];
const LOOPS = ["NETSCAPE2.0", "ANIMEXTS1.0"]; // how often an animation is repeated

function gif(bytes, view) {
  const table = (flags) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + table(view.getUint8(10));
  const parts = [slice(bytes, 0, at)];
  for (;;) {
    const kind = view.getUint8(at);
    if (kind === TRAILER) return [...parts, slice(bytes, at, at + 1)];
    if (kind !== EXTENSION && kind !== IMAGE) return null;
    const data = kind === IMAGE ? at + 11 + table(view.getUint8(at + 9)) : at + 2;
    const end = endOfBlocks(view, data);
    if (kind === IMAGE || staysInGif(bytes, at)) parts.push(slice(bytes, at, end));
    at = end;
  }
}

function staysInGif(bytes, at) {
  const label = bytes[at + 1];
  return label === APPLICATION ? LOOPS.includes(textAt(bytes, at + 3, 11)) : label !== GIF_COMMENT;
}

function endOfBlocks(view, from) {
  let at = from;
  while (view.getUint8(at)) at += view.getUint8(at) + 1;
  return at + 1;
}
