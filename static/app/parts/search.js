// Searching one's own conversations: a box above the message list, with what was found in the list's place.

import { t } from "../state/language.js";
import { textOf } from "./content.js";
import { empty, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { readRows } from "./pages.js";
import { personName, roleOf } from "./people.js";
import { shortTime } from "./time.js";

const DELAY = 250; // ms without a keystroke before it searches
const PAGES = 10; // how many pages without a finding it goes on by itself

/**
 * @param {import("../state/context.js").Context} context
 * @param {(found: Node[]|null) => void} show what was found, or null to show the list again
 */
export function search({ jiayi, inbox }, show) {
  let latest = 0;
  const find = async (q, number) => {
    const isLeft = () => number !== latest || !box.isConnected;
    // A page ends after some thousand messages, also where none of them holds the words.
    const read = async (before) => {
      let page = await jiayi.get("dialog/search", { q, limit: 50, before });
      for (let n = 1; n < PAGES && page.next !== null && !page.items.length && !isLeft(); n++) {
        page = await jiayi.get("dialog/search", { q, limit: 50, before: page.next });
      }
      return page;
    };
    const found = await readRows(read, (message) => entry(message, inbox, jiayi.me));
    if (number === latest && box.isConnected)
      show(found.length ? found : [h("li", {}, empty(t("Nothing was found.")))]);
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

function entry({ roomid, roomseq, from, body, createtime }, inbox, me) {
  const line = inbox.items.get(roomid);
  const room = line ? { name: line.title, role: roleOf(line.tags[0], me) } : from;
  const title = h("strong", { class: "title" }, personName(room));
  const said = h("span", { class: "preview" }, personName(from), ": ", textOf(body));
  const what = h("span", { class: "what" }, title, said);
  const time = h("span", { class: "aside" }, h("time", {}, shortTime(createtime)));
  return h("li", {}, h("a", { class: "line", href: `#/messages/${roomid}/${roomseq}` }, what, time));
}
