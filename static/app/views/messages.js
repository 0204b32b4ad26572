// The message list on one side; on the other, the room or the notice that is open.

import { leadByArrows } from "../parts/arrows.js";
import { summary } from "../parts/content.js";
import { empty, fill, h } from "../parts/dom.js";
import { filters } from "../parts/filters.js";
import { icon } from "../parts/icons.js";
import { lazy } from "../parts/lazy.js";
import { badgeText } from "../parts/navigation.js";
import { personName, roleOf } from "../parts/people.js";
import { reconcile, soon } from "../parts/rows.js";
import { search } from "../parts/search.js";
import { shortTime } from "../parts/time.js";
import { keyOf } from "../state/inbox.js";
import { t } from "../state/language.js";
import { notice } from "./notice.js";

const AT_ONCE = 100; // rows that are made before all else has its turn

/** The icon of an item, by its tag. */
const SYMBOLS = {
  alonechat: "person",
  teammate: "group",
  doctorfriend: "friends",
  discussion: "group",
  system: "bell",
  social: "home",
  doctormsg: "bell",
  reservation: "calendar",
};

/** @param {import("../state/context.js").Context} context */
export function messages(context) {
  const { inbox, jiayi } = context;
  let pane, list, filter, open, leaveRoom;
  let found = null; // what a search has found, which then stands in the list's place

  const room = lazy({}, async () => {
    const { chat } = await import("./chat.js");
    return { show: (pane, [roomid, roomseq]) => chat(pane, roomid, context, Number(roomseq) || null) };
  });

  const draw = () => {
    if (found) return;
    const focused = list.querySelector(":focus")?.closest("li").dataset.key;
    const isSilent = (contact) => !filter.isOn() && context.target({ kind: contact.kind, contact });
    // What is open stays, also once it is read.
    const items = inbox.sorted.filter((item) => filter.isShown(item) || keyOf(item) === open);
    const rows = [...items.map(itemRow), ...inbox.silentRooms.filter(isSilent).map(silentRow)];
    const isWhole = reconcile(list, rows.length ? rows : [filter.isOn() ? noneRow : emptyRow], AT_ONCE);
    if (!isWhole) drawSoon();
    const row = focused && list.querySelector(`[data-key="${CSS.escape(focused)}"]`);
    if (row && !row.contains(document.activeElement)) row.querySelector("a")?.focus({ preventScroll: true });
  };
  const drawSoon = soon(draw);

  const emptyRow = { key: "", version: "", make: () => h("li", {}, empty(context.emptyText)) };
  const noneRow = { key: "", version: "none", make: () => h("li", {}, empty(t("There is none."))) };
  const today = () => new Date().toDateString();

  const itemRow = (item) => {
    const { tags, title, content, updatetime, unread, data } = item;
    const online = inbox.contacts.get(data?.roomid)?.online;
    const key = keyOf(item);
    const isOpen = key === open;
    const draft = isOpen ? "" : context.drafts.get(key);
    const make = () =>
      entry({ key, kind: tags[0], name: title, unread, online, isOpen, draft, ...lastWord(item) }, jiayi.me);
    const seen = [
      title,
      content,
      updatetime,
      unread,
      data?.dialogid,
      data?.body === null,
      online,
      isOpen,
      draft,
      today(),
    ];
    return { key, version: JSON.stringify(seen), make };
  };

  const lastWord = (item) => ({ text: preview(item, jiayi.me.uid), time: shortTime(item.updatetime) });

  const silentRow = ({ roomid: key, name, kind, online }) => {
    const isOpen = key === open;
    const draft = isOpen ? "" : context.drafts.get(key);
    const text = t("Nothing written yet");
    const make = () => entry({ key, kind, name, online, isOpen, draft, text }, jiayi.me);
    return { key, version: JSON.stringify([name, online, isOpen, draft]), make };
  };

  const turn = ([key, roomseq]) => {
    leaveRoom?.();
    leaveRoom = null;
    open = key;
    pane.parentElement.classList.toggle("opened", Boolean(key));
    const item = key && inbox.items.get(key);
    if (!key) fill(pane, h("p", { class: "empty middle" }, t("Choose a conversation.")));
    else if (item && !item.data?.roomid) {
      notice(pane, item, jiayi);
      inbox.markNoticeRead(item);
    } else leaveRoom = room.show(pane, [key, roomseq]);
    draw();
  };

  const show = (main, rest) => {
    list = h("ul", { class: "lines", "aria-label": t("Messages") });
    pane = h("section", { class: "pane", "aria-label": t("Conversation") });
    found = null;
    const { box, said } = search(context, (nodes) => {
      found = nodes;
      filter.element.hidden = Boolean(nodes);
      fill(list, found);
      draw();
    });
    const tools = h("div", { class: "tools" }, box, said, context.tools());
    leadByArrows(box, list);
    filter = filters(context, draw);
    const side = h("section", { class: "side" }, h("h1", {}, t("Messages")), tools, filter.element, list);
    fill(main, h("div", { class: "split" }, side, pane));
    inbox.addEventListener("change", drawSoon);
    turn(rest);
    return () => {
      leaveRoom?.();
      inbox.removeEventListener("change", drawSoon);
    };
  };

  return { id: "messages", label: t("Messages"), icon: "chat", store: inbox, turn, show };
}

function entry({ key, kind, name, text, draft, time, unread, online, isOpen }, me) {
  const face = h("span", { class: `face${online ? " online" : ""}` }, icon(SYMBOLS[kind] ?? "bell"));
  if (online) face.append(h("span", { class: "hidden" }, t("online")));
  const title = h("strong", { class: "title" }, personName({ name, role: roleOf(kind, me) }));
  const preview = draft ? [h("span", { class: "draft" }, t("[Draft]")), " ", draft] : text;
  const what = h("span", { class: "what" }, title, h("span", { class: "preview" }, preview));
  const badge = unread > 0 && h("span", { class: "badge" }, badgeText(unread));
  const aside = h("span", { class: "aside" }, time && h("time", {}, time), badge);
  const current = isOpen ? "true" : null;
  const props = { href: `#/messages/${key}`, class: "line", "aria-current": current };
  return h("li", {}, h("a", props, face, what, aside));
}

/** The text below a name, in the reader's language where the text is ours. */
function preview({ data, content }, me) {
  const text = data?.dialogid ? summary(data, content) : content;
  return data?.from?.uid === me && data.kind !== "system" ? t("You: {0}", text) : text;
}
