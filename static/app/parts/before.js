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
 * @returns {Promise<object[]>}
 */
export async function readBefore(jiayi, { dialogid }) {
  const { items } = await jiayi.get("/admin/duty/history", { dialogid });
  return items.filter((message) => message.dialogid !== dialogid).reverse();
}

/**
 * @param {object[]} messages what was written before
 * @param {(message: object) => (() => void)|false} [quoteOf] what quotes one of them, where one may
 */
export function before(messages, quoteOf) {
  if (!messages.length) return empty(t("Nothing was written before."));
  const rows = rowsOf(messages, (message) => {
    const quoted = messages.find(({ roomseq }) => roomseq === message.quote) ?? null;
    return bubble(message, {
      isMine: false,
      isGroup: true,
      quoted,
      quote: quoteOf?.(message),
    });
  });
  const props = { class: "before", tabindex: 0, role: "region", "aria-label": t("Written before") };
  return h("div", props, h("ol", { class: "log" }, rows));
}

/** A title that opens to the messages before a question; they are read each time. */
export function openBefore(jiayi, question) {
  const box = h("div", {});
  const details = more(t("Written before"), box);
  details.addEventListener("toggle", () => {
    if (details.open) attempt(async () => fill(box, before(await readBefore(jiayi, question))));
  });
  return details;
}
