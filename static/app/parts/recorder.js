// Recording a voice message. The microphone is open while it is recorded, and no longer.

import { captureSound } from "../../client/media.js";
import { t } from "../state/language.js";
import { button, fill, h } from "./dom.js";
import { note } from "./feedback.js";
import { icon } from "./icons.js";
import { clockTime } from "./time.js";

const LONGEST = 60; // seconds
const TICK = 100; // ms

/**
 * A button that records while it is pressed in, how loud it is and for how long, and a button that drops the recording.
 * @param {(recording: Blob, seconds: number) => void} done
 */
export function recorder(done) {
  let recording = null; // or true while the microphone is asked for
  const clock = h("span", { class: "clock", hidden: true });
  const meter = h("meter", { max: 0.5, "aria-hidden": "true", hidden: true });
  const drop = button(t("Drop"), () => stop("dropped"), { class: "quiet drop", hidden: true });
  const toggle = button(icon("microphone"), () => (recording ? stop("kept") : start()), { class: "quiet" });

  const show = (isRecording) => {
    toggle.title = isRecording ? t("Stop and send the voice message") : t("Record a voice message");
    toggle.setAttribute("aria-label", toggle.title);
    toggle.setAttribute("aria-pressed", isRecording);
    clock.hidden = meter.hidden = drop.hidden = !isRecording;
    toggle.parentElement?.classList.toggle("recording", isRecording);
  };

  const stop = (outcome) => {
    if (recording?.state !== "recording") return;
    recording.outcome = outcome;
    recording.stop();
  };

  const start = async () => {
    recording = true;
    const stream = await microphone();
    if (stream && clock.isConnected) record(stream);
    else recording = endOf(stream);
  };

  const record = (stream) => {
    const parts = [];
    const level = loudness(stream);
    recording = Object.assign(new MediaRecorder(stream), { begun: Date.now(), outcome: "kept" });
    recording.ondataavailable = ({ data }) => parts.push(data);
    recording.onstop = ({ target }) => {
      clearInterval(ticking);
      level.end();
      recording = endOf(stream);
      show(false);
      if (target.outcome === "dropped" || !clock.isConnected) return;
      const sound = new Blob(parts, { type: target.mimeType });
      if (sound.size) done(sound, Math.max(1, elapsed(target)));
      else note(t("Nothing was recorded."));
    };
    recording.start();
    show(true);
    const tick = () => {
      const seconds = elapsed(recording);
      fill(clock, clockTime(seconds));
      meter.value = level.now();
      if (!clock.isConnected) stop("dropped");
      else if (seconds >= LONGEST) stop("kept");
    };
    const ticking = setInterval(tick, TICK);
    tick();
  };

  show(false);
  return [toggle, meter, clock, drop];
}

/** The microphone, or null, and the words why. */
async function microphone() {
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

/** Closes the microphone; null, as what is left of it. @param {MediaStream|null} stream */
function endOf(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
  return null;
}

/** How loud it is, from 0 to 1, until that is no longer asked for. @param {MediaStream} stream */
function loudness(stream) {
  if (!window.AudioContext) return { now: () => 0, end: () => {} };
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const now = () => {
    analyser.getFloatTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  };
  return { now, end: () => context.close() };
}

const elapsed = ({ begun }) => Math.floor((Date.now() - begun) / 1000);
