// The sound of a call that comes in.

const EVERY = 2_000; // ms
const PITCH = 520; // Hz

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

/** @param {AudioContext} sound @param {number} begin */
function beep(sound, begin) {
  const [tone, volume] = [sound.createOscillator(), sound.createGain()];
  tone.frequency.value = PITCH;
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(0.15, begin + 0.05);
  volume.gain.linearRampToValueAtTime(0, begin + 0.3);
  tone.connect(volume).connect(sound.destination);
  tone.start(begin);
  tone.stop(begin + 0.3);
}
