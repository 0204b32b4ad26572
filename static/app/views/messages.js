// The message list on one side; on the other, the room or the notice that is open.

import { empty, fill, h } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { lazy } from "../parts/lazy.js";
import { badgeText } from "../parts/navigation.js";
import { search } from "../parts/search.js";
import { shortTime } from "../parts/time.js";
import { keyOf } from "../state/inbox.js";
import { t } from "../state/language.js";
import { notice } from "./notice.js";

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
  let pane, list, open, leaveRoom;
  let found = null; // what a search has found, which then stands in the list's place

  const room = lazy({}, async () => {
    const { chat } = await import("./chat.js");
    return { show: (pane, [roomid, roomseq]) => chat(pane, roomid, context, Number(roomseq) || null) };
  });

  const draw = () => {
    if (found) return fill(list, found);
    const focused = document.activeElement?.dataset?.key;
    const silent = inbox.silentRooms.filter((contact) => context.target({ kind: contact.kind, contact }));
    const entries = [...inbox.sorted.map(itemEntry), ...silent.map(silentEntry)];
    fill(
      list,
      entries.length ? entries.map((one) => entry(one, one.key === open)) : empty(context.emptyText),
    );
    if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  };

  const itemEntry = (item) => ({
    key: keyOf(item),
    name: item.title,
    symbol: SYMBOLS[item.tags[0]] ?? "bell",
    text: preview(item, jiayi.me.uid),
    time: shortTime(item.updatetime),
    unread: item.unread,
    online: inbox.contacts.get(item.data?.roomid)?.online,
  });

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
    const box = search(context, (nodes) => {
      found = nodes;
      draw();
    });
    const tools = h("div", { class: "tools" }, box, context.tools());
    const side = h("section", { class: "side" }, h("h1", {}, t("Messages")), tools, list);
    fill(main, h("div", { class: "split" }, side, pane));
    inbox.addEventListener("change", draw);
    turn(rest);
    return () => {
      leaveRoom?.();
      inbox.removeEventListener("change", draw);
    };
  };

  return { id: "messages", label: t("Messages"), icon: "chat", store: inbox, turn, show };
}

const silentEntry = ({ roomid, name, kind, online }) => ({
  key: roomid,
  name,
  symbol: SYMBOLS[kind],
  text: t("Nothing written yet"),
  online,
});

function entry({ key, name, symbol, text, time, unread, online }, isOpen) {
  const face = h("span", { class: `face${online ? " online" : ""}` }, icon(symbol));
  if (online) face.append(h("span", { class: "hidden" }, t("online")));
  const what = h("span", { class: "what" }, h("strong", {}, name), h("span", { class: "preview" }, text));
  const badge = unread > 0 && h("span", { class: "badge" }, badgeText(unread));
  const aside = h("span", { class: "aside" }, time && h("time", {}, time), badge);
  const current = isOpen ? "true" : null;
  const props = { href: `#/messages/${key}`, class: "line", "data-key": key, "aria-current": current };
  return h("li", {}, h("a", props, face, what, aside));
}

/** The text below a name, in the reader's language where the text is ours. */
function preview({ data, content }, me) {
  const kinds = {
    image: t("[Picture]"),
    voice: t("[Voice]"),
    file: t("[File]"),
    videocall: t("[Video call]"),
  };
  const text = kinds[data?.kind] ?? content;
  return data?.from?.uid === me && data.kind !== "system" ? t("You: {0}", text) : text;
}
