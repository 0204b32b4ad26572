// What is sent besides words: the buttons that choose a file or record a voice message, what is dropped and pasted,
// and the upload. What waits to be sent, or could not be, is in the tray.

import { t } from "../state/language.js";
import { fill, h } from "./dom.js";
import { attempt, note } from "./feedback.js";
import { iconButton } from "./icons.js";
import { recorder } from "./recorder.js";

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {(kind: string, body: object, quote?: number) => void} post
 * @param {ReturnType<typeof import("./quote.js").quotation>} quotation what the first that is sent quotes, unless
 *   the text does
 * @param {import("./tray.js").Tray} chosen
 */
export function attachments(jiayi, post, quotation, chosen) {
  const progress = h("span", { class: "state", role: "status" });
  /** Sends one. @returns {Promise<"sent"|"refused">} */
  const sendOne = async ({ ready, caption, seconds }, quoted) => {
    const file = await ready();
    if (!file) return "refused";
    const name = nameOf(file);
    const { fileid, kind, size } = await jiayi.upload(file, name);
    const more = { ...(seconds && { seconds }), ...(caption && { caption }) };
    // The container of a recording might hold a film as well: here it is known to be a voice message.
    post(seconds ? "voice" : kind, { fileid, name, size, ...more }, quoted?.roomseq);
    return "sent";
  };
  /** Sends these; the first that is sent bears the quotation. What cannot be sent comes back, for another try. */
  const sendAll = async (items, quoted) => {
    let unused = quoted;
    for (const item of items) {
      const outcome = await attempt(() => sendOne(item, unused));
      if (outcome === "sent") unused = null;
      else if (outcome === "refused") chosen.keepCaption(item.caption);
      else chosen.put(item, true);
    }
    if (unused && !quotation.get()) quotation.set(unused);
  };
  let last = Promise.resolve();
  /** Sends one after the other, so that what is sent keeps its order. @param {import("./tray.js").Chosen[]} items */
  const inTurn = (items) => {
    if (!items.length) return;
    const quoted = quotation.take();
    const work = () => {
      fill(progress, t("Uploading…"));
      return sendAll(items, quoted).finally(() => fill(progress));
    };
    last = last.then(work, work);
  };
  const send = () => inTurn(chosen.take());
  chosen.handlers.onAgain = send;

  const voice = (blob, seconds, isHeld) => {
    const name = `voice.${blob.type.includes("mp4") ? "m4a" : "webm"}`;
    const file = new File([blob], name, { type: blob.type });
    if (!isHeld) return inTurn([{ file, seconds, caption: "", ready: async () => file }]);
    chosen.put({ file, seconds });
    note(t("The recording has ended. Hear it, send it or drop it."));
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
