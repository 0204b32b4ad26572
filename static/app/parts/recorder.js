// Recording a voice message. The microphone is open while it is recorded, and no longer. What ends by itself, as the
// time is up or the microphone gone, is not sent unasked.

import { release } from "../../client/media.js";
import { t } from "../state/language.js";
import { button, fill, h } from "./dom.js";
import { attempt, note } from "./feedback.js";
import { icon } from "./icons.js";
import { loadModule } from "./lazy.js";
import { clockTime } from "./time.js";

const LONGEST = 60; // seconds
const TICK = 100; // ms

/** @typedef {"sent"|"held"|"dropped"} Outcome what becomes of a recording; one that ended by itself is held */

/**
 * A button that records while it is pressed in, how loud it is and for how long, and a button that drops the recording.
 * @param {(recording: Blob, seconds: number, isHeld: boolean) => void} done
 */
export function recorder(done) {
  let recording = null; // or true while the microphone is asked for
  const clock = h("span", { class: "clock", hidden: true });
  const meter = h("meter", { max: 0.5, "aria-hidden": "true", hidden: true });
  const drop = button(t("Drop"), () => stop("dropped"), { class: "quiet drop", hidden: true });
  const toggle = button(icon("microphone"), () => (recording ? stop("sent") : start()), { class: "quiet" });

  const show = (isRecording) => {
    toggle.title = isRecording ? t("Stop and send the voice message") : t("Record a voice message");
    toggle.setAttribute("aria-label", toggle.title);
    toggle.setAttribute("aria-pressed", isRecording);
    clock.hidden = meter.hidden = drop.hidden = !isRecording;
    toggle.parentElement?.classList.toggle("recording", isRecording);
  };

  /** @param {Outcome} outcome */
  const stop = (outcome) => {
    if (recording?.state !== "recording") return;
    recording.outcome = outcome;
    recording.stop();
  };

  const start = async () => {
    recording = true;
    let stream = null;
    await attempt(async () => {
      const device = await loadModule(() => import("./microphone.js"));
      stream = await device.microphone();
      if (stream && clock.isConnected) record(stream, device);
    }).catch(() => note(t("Nothing was recorded.")));
    if (recording !== true) return;
    release(stream);
    recording = null;
  };

  const record = (stream, { loudness, recorderOf }) => {
    const parts = [];
    const recorder = recorderOf(stream);
    recorder.start();
    const level = loudness(stream);
    recording = Object.assign(recorder, { begun: Date.now(), outcome: "held" });
    recording.ondataavailable = ({ data }) => parts.push(data);
    recording.onstop = ({ target }) => {
      clearInterval(ticking);
      level.end();
      release(stream);
      recording = null;
      show(false);
      if (target.outcome === "dropped" || !clock.isConnected) return;
      const sound = new Blob(parts, { type: target.mimeType });
      if (sound.size) done(sound, Math.max(1, elapsed(target)), target.outcome === "held");
      else note(t("Nothing was recorded."));
    };
    show(true);
    const tick = () => {
      const seconds = elapsed(recording);
      fill(clock, clockTime(seconds));
      meter.value = level.now();
      if (!clock.isConnected) stop("dropped");
      else if (seconds >= LONGEST) stop("held");
    };
    const ticking = setInterval(tick, TICK);
    tick();
  };

  show(false);
  return [toggle, meter, clock, drop];
}

const elapsed = ({ begun }) => Math.floor((Date.now() - begun) / 1000);
