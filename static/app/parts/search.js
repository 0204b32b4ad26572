// Searching one's own conversations: a box above the message list, with the people and the messages that were found in
// the list's place.

import { t } from "../state/language.js";
import { textOf } from "./content.js";
import { empty, fill, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { loadModule } from "./lazy.js";
import { readRows } from "./pages.js";
import { personName, roleOf } from "./people.js";
import { shortTime } from "./time.js";

const DELAY = 250; // ms without a keystroke before it searches
const PAGES = 10; // how many pages without a finding it goes on by itself

/**
 * @param {import("../state/context.js").Context} context
 * @param {(found: Node[]|null) => void} show what was found, or null to show the list again
 */
export function search(context, show) {
  const { jiayi, inbox } = context;
  let latest = 0;
  const isLeft = (number) => number !== latest || !box.isConnected;
  const find = async (q, number) => {
    // A page ends after some thousand messages, also where none of them holds the words.
    const read = async (before) => {
      let page = await jiayi.get("dialog/search", { q, limit: 50, before });
      for (let n = 1; n < PAGES && page.next !== null && !page.items.length && !isLeft(number); n++) {
        page = await jiayi.get("dialog/search", { q, limit: 50, before: page.next });
      }
      return page;
    };
    const found = await readRows(read, (message) => entry(message, inbox, jiayi.me));
    if (!isLeft(number)) place.replaceWith(...(await load()).part(t("Messages"), found));
  };
  const load = () => loadModule(() => import("./found-people.js"));
  let place = null; // where the messages come
  const findAll = async (q, number, { rows, readPhones }) => {
    place = h("li", {}, empty(t("Searching…")));
    show([...rows, place]);
    await new Promise((resolve) => setTimeout(resolve, DELAY));
    if (isLeft(number)) return;
    const list = place.parentElement;
    await Promise.all([readPhones(), find(q, number)]).finally(() => place.remove());
    if (!isLeft(number)) tell(list.querySelectorAll(".line").length);
  };
  const tell = (count) => {
    if (!count) show([h("li", {}, empty(t("Nothing was found.")))]);
    fill(said, t("Found: {0}", count));
  };
  const oninput = ({ isComposing }) => {
    if (isComposing) return; // a word that is still being put together
    const number = ++latest;
    const q = box.value.trim();
    fill(said);
    if (!q) return show(null);
    attempt(async () => {
      const people = await (await load()).findPeople(context, q);
      if (!isLeft(number)) await findAll(q, number, people);
    });
  };
  const label = t("Search people and messages");
  const props = { type: "search", "aria-label": label, title: label, placeholder: t("Search") };
  const box = h("input", {
    ...props,
    oninput,
    oncompositionend: oninput,
    onfocus: () => load().catch(() => {}),
  });
  const said = h("span", { class: "hidden", role: "status" });
  return { box, said };
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
