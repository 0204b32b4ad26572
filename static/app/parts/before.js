// What was written before a question, for who may answer it at the duty desk.

import { t } from "../state/language.js";
import { bubble } from "./bubble.js";
import { empty, fill, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { rowsOf } from "./rows.js";
import { more } from "./table.js";

/**
 * The messages before a question, oldest first.
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {{dialogid: string}} question
 * @returns {Promise<HTMLElement>}
 */
export async function readBefore(jiayi, { dialogid }) {
  const { items } = await jiayi.get("/admin/duty/history", { dialogid });
  const before = items.filter((message) => message.dialogid !== dialogid).reverse();
  if (!before.length) return empty(t("Nothing was written before."));
  const rows = rowsOf(before, (message) => bubble(message, { isMine: false, isGroup: true }));
  const props = { class: "before", tabindex: 0, role: "region", "aria-label": t("Written before") };
  return h("div", props, h("ol", { class: "log" }, rows));
}

/** A title that opens to the messages before a question; they are read each time. */
export function openBefore(jiayi, question) {
  const box = h("div", {});
  const details = more(t("Written before"), box);
  details.addEventListener("toggle", () => {
    if (details.open) attempt(async () => fill(box, await readBefore(jiayi, question)));
  });
  return details;
}
