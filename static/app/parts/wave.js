// The wave of a voice message: how loud it is from its beginning to its end, drawn once it is seen. Where the browser
// cannot read the sound there is none.

const BARS = 40;
const MOST = 100; // waves that are remembered
const LARGEST = 600 * 1024; // bytes of a sound that is read for its wave

/** The shapes of waves by their addresses, the oldest first. @type {Map<string, Promise<string>>} */
const shapes = new Map();

/** Draws the wave of a sound behind what an element holds, once it is seen. @param {HTMLElement} element */
export function waveOf(element, url) {
  if (!window.IntersectionObserver || !window.OfflineAudioContext) return;
  const observer = new IntersectionObserver(async (seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    const shape = await shapeOf(url);
    if (shape) element.prepend(drawing(shape));
  });
  observer.observe(element);
}

function shapeOf(url) {
  const known = shapes.get(url) ?? read(url).catch(() => "");
  shapes.delete(url);
  shapes.set(url, known);
  if (shapes.size > MOST) shapes.delete([...shapes.keys()][0]);
  return known;
}

async function read(url) {
  const answer = await fetch(url);
  const size = Number(answer.headers.get("content-length"));
  if (!answer.ok || !size || size > LARGEST) {
    answer.body?.cancel();
    return "";
  }
  // A rate at which speech is read fast.
  const context = new OfflineAudioContext(1, 1, 8000);
  const sound = await context.decodeAudioData(await answer.arrayBuffer());
  return path(sound.getChannelData(0));
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
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", `0 0 ${BARS} 2`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", shape);
  svg.append(line);
  return svg;
}
