// What a message holds besides words: pictures, voice, files. Uploading them and showing them.

import { attempt, h, note } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const LARGEST = 20 * 1024 * 1024;
const LONGEST = 60_000; // milliseconds of a voice message

/**
 * The buttons that attach something to a message.
 * @param {import("../client/jiayi.js").Jiayi} jiayi
 * @param {(kind: string, body: object) => void} post
 */
export function attachments(jiayi, post) {
  const upload = (blob, name) => attempt(async () => {
    if (blob.size > LARGEST) return note(t("A file may have 20 MB at most."));
    const form = new FormData();
    form.append("file", blob, name);
    const { fileid, kind, size } = await jiayi.post("file", form);
    post(kind, { fileid, name, size });
  });
  const picker = h("input", { type: "file", class: "hidden", tabindex: -1, "aria-hidden": "true", onchange: () => {
    for (const file of picker.files) upload(file, file.name);
    picker.value = "";
  } });
  return h("span", { class: "attach" }, picker,
    h("button", { type: "button", class: "quiet", "aria-label": t("Attach a file"), title: t("Attach a file"), onclick: () => picker.click() }, icon("attach")),
    recorder((blob) => upload(blob, "voice.webm")));
}

/** A button that records while it is pressed in. */
function recorder(done) {
  let recording = null;
  const button = h("button", { type: "button", class: "quiet", "aria-pressed": "false", "aria-label": t("Record a voice message"), title: t("Record a voice message") }, icon("microphone"));
  button.addEventListener("click", async () => {
    if (recording) return recording.stop();
    const stream = await navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) return note(t("There is no microphone."));
    const parts = [];
    recording = new MediaRecorder(stream);
    recording.ondataavailable = ({ data }) => parts.push(data);
    recording.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      done(new Blob(parts, { type: recording.mimeType }));
      recording = null;
      button.setAttribute("aria-pressed", "false");
    };
    recording.start();
    setTimeout(() => recording?.stop(), LONGEST);
    button.setAttribute("aria-pressed", "true");
  });
  return button;
}

/** What a message says, as a node or a text. */
export function body({ kind, body }) {
  if (kind === "text") return String(body);
  const fileid = typeof body === "string" ? body : body?.fileid;
  const name = body?.name ?? t("File");
  const url = `/file?${new URLSearchParams({ fileid })}`;
  switch (kind) {
    case "image": return h("a", { href: url, target: "_blank", rel: "noopener" }, h("img", { src: url, alt: name, loading: "lazy" }));
    case "voice": return h("audio", { src: url, controls: true, preload: "none" });
    default: return h("a", { href: url, download: name }, icon("attach"), name);
  }
}
