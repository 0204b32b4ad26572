// The view of messages: the list on one side, the room or notice that is open on the other.

import { chat } from "./chat.js";
import { empty, fill, h, when } from "./dom.js";
import { icon } from "./icons.js";
import { keyOf } from "./book.js";
import { notice } from "./notice.js";
import { search } from "./search.js";
import { t } from "./words.js";

const SYMBOLS = { alonechat: "person", teammate: "group", doctorfriend: "friends", discussion: "group",
  system: "bell", social: "home", doctormsg: "bell", reservation: "calendar" };

/** @param {import("./chat.js").Context} context */
export function messages(context) {
  const { book, jiayi } = context;
  let pane, list, open, leaveRoom, found = null;

  const draw = () => {
    if (found) return fill(list, found);
    const { lines, silent } = book.list;
    const focused = document.activeElement?.dataset?.key;
    const others = silent.filter((contact) => context.target({ kind: contact.kind, contact }));
    fill(list, lines.map(line), others.map(quiet), !lines.length && !others.length && empty(context.none));
    if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  };
  const line = (item) => entry({
    key: keyOf(item), name: item.title, symbol: SYMBOLS[item.tags[0]] ?? "bell", text: preview(item, jiayi.me.uid),
    time: when(item.updatetime), unread: item.unread, online: book.contacts.get(item.data?.roomid)?.online,
  });
  const quiet = (contact) => entry({
    key: contact.roomid, name: contact.name, symbol: SYMBOLS[contact.kind], text: t("Nothing written yet"), online: contact.online,
  });
  const entry = ({ key, name, symbol, text, time, unread, online }) => h("li", {},
    h("a", { href: `#/messages/${key}`, class: "line", "data-key": key, "aria-current": key === open ? "true" : null },
      h("span", { class: `face${online ? " online" : ""}` }, icon(symbol), online && h("span", { class: "hidden" }, t("online"))),
      h("span", { class: "what" }, h("strong", {}, name), h("span", { class: "preview" }, text)),
      h("span", { class: "aside" }, time && h("time", {}, time),
        unread > 0 && h("span", { class: "badge" }, unread > 99 ? "99+" : String(unread), h("span", { class: "hidden" }, ` ${t("unread")}`)))));

  const turn = ([key, seq]) => {
    leaveRoom?.();
    leaveRoom = null;
    open = key;
    pane.parentElement.classList.toggle("opened", Boolean(key));
    const told = key && !book.lines.get(key)?.data?.roomid && book.lines.get(key);
    if (!key) fill(pane, h("p", { class: "empty middle" }, t("Choose a conversation.")));
    else if (told) {
      notice(pane, told, jiayi);
      book.readNotice(told);
    } else leaveRoom = chat(pane, key, context, Number(seq) || null);
    draw();
  };

  return {
    id: "messages", label: t("Messages"), icon: "chat", book, badge: () => book.unread,
    turn: (rest) => turn(rest),
    show(main, rest) {
      list = h("ul", { class: "lines", "aria-label": t("Messages") });
      found = null;
      pane = h("section", { class: "pane", "aria-label": t("Conversation") });
      fill(main, h("div", { class: "split" }, h("section", { class: "side" }, h("h1", {}, t("Messages")),
        h("div", { class: "tools" }, search(context, (nodes) => { found = nodes; draw(); }), context.tools()), list), pane));
      const first = () => !open || book.lines.has(open) || draw();
      book.addEventListener("change", draw);
      book.addEventListener("fresh", first);
      turn(rest);
      return () => {
        leaveRoom?.();
        book.removeEventListener("change", draw);
        book.removeEventListener("fresh", first);
      };
    },
  };
}

/** The line below a name, in the reader's language where it is ours to say. */
function preview(item, me) {
  const { data } = item;
  const kinds = { image: t("[Picture]"), voice: t("[Voice]"), file: t("[File]"), videocall: t("[Video call]") };
  const text = kinds[data?.kind] ?? item.content;
  return data?.from?.uid === me && data.kind !== "system" ? t("You: {0}", text) : text;
}
