// Searching in one's own conversations: a box above the message list, what was found in its place.

import { attempt, empty, fill, h, when } from "./dom.js";
import { t } from "./words.js";

/**
 * @param {import("./chat.js").Context} context
 * @param {(found: Node[]|null) => void} show what was found, or null to show the list again
 */
export function search({ jiayi, book }, show) {
  let asked = 0;
  const box = h("input", { type: "search", "aria-label": t("Search messages"), placeholder: t("Search"), oninput: () => {
    const mine = ++asked;
    const q = box.value.trim();
    if (!q) return show(null);
    setTimeout(() => mine === asked && attempt(async () => {
      const { items } = await jiayi.get("dialog/search", { q, limit: 50 });
      if (mine === asked) show(items.length ? items.map(found) : [h("li", {}, empty(t("Nothing was found.")))]);
    }), 250);
  } });
  const found = (dialog) => h("li", {}, h("a", { class: "line", href: `#/messages/${dialog.roomid}/${dialog.roomseq}` },
    h("span", { class: "what" }, h("strong", {}, book.lines.get(dialog.roomid)?.title ?? dialog.from.name),
      h("span", { class: "preview" }, `${dialog.from.name}: ${dialog.body}`)),
    h("span", { class: "aside" }, h("time", {}, when(dialog.createtime)))));
  return box;
}
