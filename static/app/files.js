// What a message holds besides words: pictures, voice, files. Uploading them and showing them.

import { attempt, fill, h, minutes, note } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const LARGEST = 20 * 1024 * 1024;
const LONGEST = 60; // seconds of a voice message

/**
 * The buttons that attach something to a message.
 * @param {import("../client/jiayi.js").Jiayi} jiayi
 * @param {(kind: string, body: object) => void} post
 */
export function attachments(jiayi, post) {
  const progress = h("span", { class: "state", role: "status" });
  const upload = (blob, name, describe) => attempt(async () => {
    if (blob.size > LARGEST) return note(t("A file may have 20 MB at most."));
    const form = new FormData();
    form.append("file", blob, name);
    fill(progress, t("Uploading…"));
    try {
      const { fileid, kind, size } = await jiayi.post("file", form);
      const { kind: as = kind, ...more } = describe ?? {};
      post(as, { fileid, name, size, ...more });
    } finally {
      fill(progress);
    }
  });
  // What a microphone records lies in a container that might hold a film as well: we know better.
  const voice = (blob, seconds) => upload(blob, `voice.${blob.type.includes("mp4") ? "m4a" : "webm"}`, { kind: "voice", seconds });
  const picker = h("input", { type: "file", class: "hidden", tabindex: -1, "aria-hidden": "true", onchange: () => {
    for (const file of picker.files) upload(file, file.name);
    picker.value = "";
  } });
  return h("span", { class: "attach" }, picker,
    h("button", { type: "button", class: "quiet", "aria-label": t("Attach a file"), title: t("Attach a file"), onclick: () => picker.click() }, icon("attach")),
    recorder(voice), progress);
}

/** A button that records while it is pressed in, for how long, and one that drops what was recorded. */
function recorder(done) {
  let recording = null;
  const clock = h("span", { class: "clock", hidden: true });
  const drop = h("button", { type: "button", class: "quiet", hidden: true, onclick: () => stop(false) }, t("Drop"));
  const button = h("button", { type: "button", class: "quiet" }, icon("microphone"));
  const show = (on) => {
    const name = on ? t("Stop and send the voice message") : t("Record a voice message");
    Object.entries({ "aria-pressed": on, "aria-label": name, title: name }).forEach(([key, value]) => button.setAttribute(key, value));
    clock.hidden = drop.hidden = !on;
  };
  const stop = (keep) => {
    recording.kept = keep;
    recording.stop();
  };
  const tick = () => {
    if (!recording) return;
    const seconds = elapsed(recording);
    fill(clock, minutes(seconds));
    if (seconds >= LONGEST) stop(true);
    else setTimeout(tick, 250);
  };
  button.addEventListener("click", async () => {
    if (recording) return stop(true);
    const stream = await navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) return note(t("There is no microphone."));
    const parts = [];
    recording = Object.assign(new MediaRecorder(stream), { begun: Date.now(), kept: true });
    recording.ondataavailable = ({ data }) => parts.push(data);
    recording.onstop = ({ target }) => {
      stream.getTracks().forEach((track) => track.stop());
      recording = null;
      show(false);
      if (target.kept && clock.isConnected) done(new Blob(parts, { type: target.mimeType }), Math.max(1, elapsed(target)));
    };
    recording.start();
    show(true);
    tick();
  });
  show(false);
  return [button, clock, drop];
}

const elapsed = ({ begun }) => Math.floor((Date.now() - begun) / 1000);

/** What a message says, as a node or a text. */
export function body({ kind, body }) {
  if (kind === "text") return String(body);
  const fileid = typeof body === "string" ? body : body?.fileid;
  const name = body?.name ?? t("File");
  const url = `/file?${new URLSearchParams({ fileid })}`;
  switch (kind) {
    case "image": return h("a", { href: url, target: "_blank", rel: "noopener" }, h("img", { src: url, alt: name, loading: "lazy" }));
    case "voice": return [h("audio", { src: url, controls: true, preload: "none", "aria-label": t("Voice message") }), body?.seconds > 0 && h("small", {}, minutes(body.seconds))];
    default: return h("a", { href: url, download: name }, icon("attach"), h("span", {}, name), body?.size > 0 && h("small", {}, bytes(body.size)));
  }
}

/** A size as people say it. */
function bytes(size) {
  const [shown, unit] = size < 1024 * 1024 ? [size / 1024, "kilobyte"] : [size / 1024 / 1024, "megabyte"];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(Math.max(shown, 0.1));
}
