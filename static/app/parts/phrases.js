// The button beside a place to write that puts a quick reply into it.

import { t } from "../state/language.js";
import { attempt } from "./feedback.js";
import { iconButton } from "./icons.js";
import { showLate } from "./lazy.js";

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {HTMLTextAreaElement} input
 * @returns {HTMLElement|null} residents have none
 */
export function repliesButton(jiayi, input) {
  if (jiayi.me.role === "user") return null;
  const pick = () =>
    showLate(
      () => import("./replies.js"),
      async ({ pickReply }) => {
        const words = await pickReply(jiayi);
        if (words) insert(input, words);
      },
    );
  return iconButton("phrases", t("Quick replies"), () => attempt(pick));
}

/** Writes words where the cursor is. */
function insert(input, words) {
  input.setRangeText(words, input.selectionStart, input.selectionEnd, "end");
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
}
