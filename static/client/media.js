/// <reference lib="dom" preserve="true" />
// The cameras and the microphone of this device.

/**
 * Why a camera or a microphone is not there: it is not allowed, there is none, or another program has it.
 * @typedef {"denied"|"missing"|"taken"} MediaProblem
 */

/** @type {Record<string, MediaProblem|undefined>} */
const PROBLEMS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotReadableError: "taken",
  AbortError: "taken",
};

/**
 * What there is of a device that is asked for, and why not all of it.
 * @typedef {{stream: MediaStream|null, problem: MediaProblem|null}} Captured
 */

/** The camera and the microphone, or the microphone alone. @param {MediaStreamConstraints} media */
export const capture = (media) => captureFirst([media, { audio: media.audio }]);

/** The microphone. */
export const captureSound = () => captureFirst([{ audio: true }]);

/** The first of these that can be had. @param {MediaStreamConstraints[]} choices @returns {Promise<Captured>} */
async function captureFirst(choices) {
  /** @type {MediaProblem|null} */ let problem = null;
  for (const wanted of choices) {
    try {
      return { stream: await navigator.mediaDevices.getUserMedia(wanted), problem };
    } catch (error) {
      problem = (error instanceof Error && PROBLEMS[error.name]) || "missing";
      // The next best.
    }
  }
  return { stream: null, problem };
}

/** The cameras of this device. @returns {Promise<MediaDeviceInfo[]>} */
export async function listCameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter(({ kind }) => kind === "videoinput");
}

/**
 * The next camera in the place of the one that a track comes from, which is released first: many phones open one at a
 * time only. Null if it cannot be had.
 * @param {MediaStreamTrack} track
 * @returns {Promise<MediaStreamTrack|null>}
 */
export async function nextCamera(track) {
  const ids = (await listCameras()).map(({ deviceId }) => deviceId);
  const present = ids.indexOf(track.getSettings().deviceId ?? "");
  track.stop();
  for (const next of [present + 1, present]) {
    try {
      const video = { deviceId: { exact: ids[next % ids.length] } };
      return (await navigator.mediaDevices.getUserMedia({ video })).getVideoTracks()[0];
    } catch {
      // The one that there was.
    }
  }
  return null;
}

/** @param {MediaStream|null} stream */
export function release(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}
