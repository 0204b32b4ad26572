// The buttons that attach a file or a voice message.

import { t } from "../state/language.js";
import { fill, h } from "./dom.js";
import { attempt, note } from "./feedback.js";
import { iconButton } from "./icons.js";
import { recorder } from "./recorder.js";

const LARGEST = 20 * 1024 * 1024; // bytes, as the server has it

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {(kind: string, body: object) => void} post
 */
export function attachments(jiayi, post) {
  const progress = h("span", { class: "state", role: "status" });
  const upload = (blob, name, more = {}) =>
    attempt(async () => {
      if (blob.size > LARGEST) return note(t("A file may have 20 MB at most."));
      fill(progress, t("Uploading…"));
      try {
        const { fileid, kind, size } = await jiayi.upload(blob, name);
        post(more.kind ?? kind, { fileid, name, size, ...more.body });
      } finally {
        fill(progress);
      }
    });
  // The container of a recording might hold a film as well: here it is known to be a voice message.
  const voice = (blob, seconds) =>
    upload(blob, `voice.${blob.type.includes("mp4") ? "m4a" : "webm"}`, { kind: "voice", body: { seconds } });
  const picker = filePicker((file) => upload(file, file.name));
  const attach = iconButton("attach", t("Attach a file"), () => picker.click());
  return h("span", { class: "attach" }, picker, attach, recorder(voice), progress);
}

/** @param {(file: File) => void} onFile */
function filePicker(onFile) {
  const onchange = () => {
    for (const file of picker.files) onFile(file);
    picker.value = "";
  };
  const picker = h("input", { type: "file", class: "hidden", tabindex: -1, "aria-hidden": "true", onchange });
  return picker;
}
