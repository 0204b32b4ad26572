// The sounds of a call and of a message that comes in; in silence where the browser allows none yet.

const EVERY = 2_000; // ms
const PITCH = 520; // Hz
const LATE = 1_000; // ms after which a sound says nothing any more

/**
 * Rings while the call does; in silence if the browser allows no sound yet.
 * @param {import("../../client/call.js").Call} call
 */
export function ring(call) {
  const sound = new AudioContext();
  const ringOnce = () => {
    if (sound.state !== "running") return;
    for (const delay of [0, 0.4]) beep(sound, sound.currentTime + delay);
  };
  const timer = setInterval(ringOnce, EVERY);
  ringOnce();
  call.addEventListener("state", () => {
    clearInterval(timer);
    sound.close().catch(() => {}); // it is closed already
  });
}

/** @type {AudioContext|null} */ let chimes = null;
let lastChime = 0;

/** The sound of a message; of many at once, one. */
export async function chime() {
  if (Date.now() - lastChime < EVERY || !globalThis.AudioContext) return;
  lastChime = Date.now();
  chimes ??= new AudioContext();
  await chimes.resume(); // which waits where the browser allows no sound yet
  if (Date.now() - lastChime > LATE) return;
  beep(chimes, chimes.currentTime, PITCH);
  beep(chimes, chimes.currentTime + 0.15, PITCH * 1.5);
}

/** @param {AudioContext} sound @param {number} begin */
function beep(sound, begin, pitch = PITCH) {
  const [tone, volume] = [sound.createOscillator(), sound.createGain()];
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(0.15, begin + 0.05);
  volume.gain.linearRampToValueAtTime(0, begin + 0.3);
  tone.connect(volume).connect(sound.destination);
  tone.start(begin);
  tone.stop(begin + 0.3);
}
