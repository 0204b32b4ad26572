// What is sent besides words: the buttons that choose a file or record a voice message, what is dropped and pasted,
// and the upload.

import { t } from "../state/language.js";
import { fill, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { iconButton } from "./icons.js";
import { recorder } from "./recorder.js";
import { tray } from "./tray.js";

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {(kind: string, body: object, quote?: number) => void} post
 * @param {ReturnType<typeof import("./quote.js").quotation>} quotation what the first of them quotes, unless the
 *   text does
 */
export function attachments(jiayi, post, quotation) {
  const chosen = tray();
  const progress = h("span", { class: "state", role: "status" });
  const upload = (blob, name, more = {}) =>
    attempt(async () => {
      const { fileid, kind, size } = await jiayi.upload(blob, name);
      post(more.kind ?? kind, { fileid, name, size, ...more.body }, more.quoted?.roomseq);
      return fileid;
    });
  // The container of a recording might hold a film as well: here it is known to be a voice message.
  const voice = (blob, seconds) => {
    const more = { kind: "voice", body: { seconds }, quoted: quotation.take() };
    inTurn(() => upload(blob, `voice.${blob.type.includes("mp4") ? "m4a" : "webm"}`, more));
  };

  let last = Promise.resolve();
  /** Uploads one after the other, so that what is sent keeps its order. */
  const inTurn = (work) => {
    last = last.then(async () => {
      fill(progress, t("Uploading…"));
      await work().finally(() => fill(progress));
    });
  };
  /** What cannot be sent comes back, for another try. */
  const sendOne = async ({ ready, caption }, quoted) => {
    const file = await ready;
    if (!file) return;
    const sent = await upload(file, nameOf(file), { body: caption ? { caption } : {}, quoted });
    if (sent) return;
    chosen.add([file], caption);
    if (quoted) quotation.set(quoted);
  };
  const send = () => {
    const items = chosen.take();
    const quoted = items.length ? quotation.take() : null;
    items.forEach((item, index) => inTurn(() => sendOne(item, index === 0 && quoted)));
  };

  const picker = filePicker(chosen.add);
  const attach = iconButton("attach", t("Attach files"), () => picker.click());
  const buttons = h(
    "span",
    { class: "attach" },
    picker,
    attach,
    camera(chosen.add),
    recorder(voice),
    progress,
  );
  return { tray: chosen.element, buttons, add: chosen.add, send };
}

/** What is pasted has no name of its own. @param {File} file */
export const nameOf = ({ name, type }) => name || `picture.${type.split("/")[1]}`;

/** A button that takes a picture, on what is held in a hand. @param {(files: File[]) => void} onFiles */
function camera(onFiles) {
  if (!matchMedia("(pointer: coarse)").matches) return null;
  const picker = filePicker(onFiles, { accept: "image/*", capture: "environment", multiple: false });
  return [picker, iconButton("camera", t("Take a picture"), () => picker.click())];
}

/** @param {(files: File[]) => void} onFiles @param {object} [more] further attributes */
export function filePicker(onFiles, more = {}) {
  const onchange = () => {
    onFiles([...picker.files]);
    picker.value = "";
  };
  const props = {
    type: "file",
    multiple: true,
    class: "hidden",
    tabindex: -1,
    "aria-hidden": "true",
    onchange,
    ...more,
  };
  const picker = h("input", props);
  return picker;
}

/**
 * Takes the files that are dropped on an element.
 * @param {HTMLElement} element @param {(files: File[]) => void} onFiles
 */
export function takeDrops(element, onFiles) {
  const over = (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    element.classList.toggle("dropping", event.type === "dragover");
    if (event.type === "drop") onFiles([...event.dataTransfer.files]);
  };
  for (const type of ["dragover", "dragleave", "drop"]) element.addEventListener(type, over);
}

/**
 * Takes the files that are pasted into a field.
 * @param {HTMLElement} element @param {(files: File[]) => void} onFiles
 */
export function takePastes(element, onFiles) {
  element.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    // A table copied from an office program is text, with a picture of it besides.
    if (!files.length || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    onFiles(files);
  });
}
