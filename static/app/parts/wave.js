// The wave of a voice message: how loud it is from its beginning to its end, drawn once it is seen. Where the browser
// cannot read the sound there is none.

import { svg } from "./dom.js";

const BARS = 40;
const MOST = 100; // waves that are remembered
const LARGEST = 600 * 1024; // bytes of a sound that is read for its wave

/** @typedef {{shape: string, seconds: number}} Wave its bars as strokes, and how long the sound is */

/** Waves by their addresses, the oldest first; null where there is none. @type {Map<string, Promise<Wave|null>>} */
const waves = new Map();

/**
 * Draws the wave of a sound behind what an element holds, once it is seen.
 * @param {HTMLElement} element @param {string} url @param {(seconds: number) => void} onLength is told how long it is
 */
export function waveOf(element, url, onLength) {
  if (!window.IntersectionObserver || !window.OfflineAudioContext) return;
  const observer = new IntersectionObserver(async (seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    const wave = await waveAt(url).catch(() => undefined);
    if (wave === undefined) return; // it is tried again when it is next seen
    observer.disconnect();
    if (!wave || element.querySelector("svg")) return;
    element.prepend(drawing(wave.shape));
    onLength(wave.seconds);
  });
  observer.observe(element);
}

function waveAt(url) {
  const known = waves.get(url) ?? read(url);
  waves.delete(url);
  waves.set(url, known);
  known.catch(() => waves.delete(url));
  if (waves.size > MOST) waves.delete([...waves.keys()][0]);
  return known;
}

/** @param {string} url @returns {Promise<Wave|null>} fails where it could not be fetched */
async function read(url) {
  const answer = await fetch(url);
  const size = Number(answer.headers.get("content-length"));
  if (!answer.ok || !size || size > LARGEST) answer.body?.cancel();
  if (!answer.ok) throw new Error(`${answer.status}`);
  if (!size || size > LARGEST) return null;
  // A rate at which speech is read fast.
  const context = new OfflineAudioContext(1, 1, 8000);
  const sound = await context.decodeAudioData(await answer.arrayBuffer()).catch(() => null);
  return sound && { shape: path(sound.getChannelData(0)), seconds: sound.duration };
}

/** How loud a sound is at most, from 0 to 1. @param {Float32Array} samples */
export const loudest = (samples) => samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

/** The bars as strokes, in a field of `BARS` by 2. @param {Float32Array} samples */
function path(samples) {
  const size = Math.max(1, Math.floor(samples.length / BARS));
  const part = (index) => samples.subarray(index * size, (index + 1) * size);
  const bars = Array.from({ length: BARS }, (_, index) => loudest(part(index)));
  const all = Math.max(...bars, 0.01);
  const stroke = (loud, index) => {
    const half = Math.max(0.06, loud / all).toFixed(2);
    return `M${index + 0.5} ${(1 - Number(half)).toFixed(2)}V${(1 + Number(half)).toFixed(2)}`;
  };
  return bars.map(stroke).join("");
}

function drawing(shape) {
  const props = { viewBox: `0 0 ${BARS} 2`, preserveAspectRatio: "none", "aria-hidden": true };
  return svg("svg", props, svg("path", { d: shape }));
}
