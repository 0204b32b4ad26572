// Searching one's own conversations: a box above the message list, with what was found in the list's place.

import { t } from "../state/language.js";
import { empty, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { shortTime } from "./time.js";

const DELAY = 250; // ms without a keystroke before it searches

/**
 * @param {import("../state/context.js").Context} context
 * @param {(found: Node[]|null) => void} show what was found, or null to show the list again
 */
export function search({ jiayi, inbox }, show) {
  let latest = 0;
  const find = async (q, number) => {
    const { items } = await jiayi.get("dialog/search", { q, limit: 50 });
    const found = items.map((message) => entry(message, inbox));
    if (number === latest) show(found.length ? found : [h("li", {}, empty(t("Nothing was found.")))]);
  };
  const oninput = () => {
    const number = ++latest;
    const q = box.value.trim();
    if (!q) return show(null);
    setTimeout(() => number === latest && attempt(() => find(q, number)), DELAY);
  };
  const props = { type: "search", "aria-label": t("Search messages"), placeholder: t("Search"), oninput };
  const box = h("input", props);
  return box;
}

function entry({ roomid, roomseq, from, body, createtime }, inbox) {
  const title = h("strong", {}, inbox.items.get(roomid)?.title ?? from.name);
  const what = h("span", { class: "what" }, title, h("span", { class: "preview" }, `${from.name}: ${body}`));
  const time = h("span", { class: "aside" }, h("time", {}, shortTime(createtime)));
  return h("li", {}, h("a", { class: "line", href: `#/messages/${roomid}/${roomseq}` }, what, time));
}
