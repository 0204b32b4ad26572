/// <reference lib="dom" preserve="true" />
// The camera and the microphone of this device.

/**
 * The camera and the microphone, or what there is of them; null if there is neither.
 * @param {MediaStreamConstraints} media
 */
export async function capture(media) {
  for (const wanted of [media, { audio: media.audio }]) {
    try {
      return await navigator.mediaDevices.getUserMedia(wanted);
    } catch {
      // The next best.
    }
  }
  return null;
}

/** @param {MediaStream|null} stream */
export function release(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}
