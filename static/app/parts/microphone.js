// The microphone of this device: opening it, and how loud it is. Loaded when somebody records.

import { captureSound } from "../../client/media.js";
import "../state/chinese-late.js";
import { t } from "../state/language.js";
import { note } from "./feedback.js";
import { loudest } from "./wave.js";

const PLAYED_BY_ALL = "audio/mp4;codecs=mp4a.40.2"; // Safari of the floor plays nothing else that browsers record

/** The microphone, or null, and the words why. */
export async function microphone() {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) {
    note(t("This browser cannot record."));
    return null;
  }
  const { stream, problem } = await captureSound();
  const why = {
    denied: () => t("Allow the microphone at the sign beside the address, then record again."),
    missing: () => t("There is no microphone."),
    taken: () => t("Another program has the microphone. Close it, then record again."),
  };
  if (problem) note(why[problem]());
  return stream;
}

/** What records a stream, in a form that every browser plays, where this one can. @param {MediaStream} stream */
export function recorderOf(stream) {
  const isPlayedByAll = MediaRecorder.isTypeSupported(PLAYED_BY_ALL);
  return new MediaRecorder(stream, isPlayedByAll ? { mimeType: PLAYED_BY_ALL } : {});
}

/** How loud it is, from 0 to 1, until that is no longer asked for. @param {MediaStream} stream */
export function loudness(stream) {
  if (!window.AudioContext) return { now: () => 0, end: () => {} };
  const context = new AudioContext();
  context.resume();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const now = () => {
    analyser.getFloatTimeDomainData(samples);
    return loudest(samples);
  };
  return { now, end: () => context.close() };
}
