// Recording a voice message.

import { t } from "../state/language.js";
import { button, fill, h } from "./dom.js";
import { note } from "./feedback.js";
import { icon } from "./icons.js";
import { clockTime } from "./time.js";

const LONGEST = 60; // seconds

/**
 * A button that records while it is pressed in, for how long it has, and a button that drops the recording.
 * @param {(recording: Blob, seconds: number) => void} done
 */
export function recorder(done) {
  let recording = null;
  const clock = h("span", { class: "clock", hidden: true });
  const drop = button(t("Drop"), () => stop("dropped"), { class: "quiet", hidden: true });
  const toggle = button(icon("microphone"), () => (recording ? stop("kept") : start()), { class: "quiet" });

  const show = (isRecording) => {
    toggle.title = isRecording ? t("Stop and send the voice message") : t("Record a voice message");
    toggle.setAttribute("aria-label", toggle.title);
    toggle.setAttribute("aria-pressed", isRecording);
    clock.hidden = drop.hidden = !isRecording;
  };

  const stop = (outcome) => {
    recording.outcome = outcome;
    recording.stop();
  };

  const tick = () => {
    if (!recording) return;
    const seconds = elapsed(recording);
    fill(clock, clockTime(seconds));
    if (seconds >= LONGEST) stop("kept");
    else setTimeout(tick, 250);
  };

  const start = async () => {
    const stream = await navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) return note(t("There is no microphone."));
    const parts = [];
    recording = Object.assign(new MediaRecorder(stream), { begun: Date.now(), outcome: "kept" });
    recording.ondataavailable = ({ data }) => parts.push(data);
    recording.onstop = ({ target }) => {
      for (const track of stream.getTracks()) track.stop();
      recording = null;
      show(false);
      const isWanted = target.outcome === "kept" && clock.isConnected;
      if (isWanted) done(new Blob(parts, { type: target.mimeType }), Math.max(1, elapsed(target)));
    };
    recording.start();
    show(true);
    tick();
  };

  show(false);
  return [toggle, clock, drop];
}

const elapsed = ({ begun }) => Math.floor((Date.now() - begun) / 1000);
