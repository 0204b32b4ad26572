// A room that is open, as it looks: who it is with, its messages, the place to write.

import { takeDrops } from "../parts/attachments.js";
import { bubble } from "../parts/bubble.js";
import { compose } from "../parts/compose.js";
import { button, fill, h } from "../parts/dom.js";
import { attempt } from "../parts/feedback.js";
import { icon, iconButton } from "../parts/icons.js";
import { showLate } from "../parts/lazy.js";
import { personName, plain, roleOf } from "../parts/people.js";
import { reconcile, soon } from "../parts/rows.js";
import { fullDate } from "../parts/time.js";
import { t } from "../state/language.js";
import { RoomStore } from "../state/room.js";

const SIGHT = 24; // pixels of a message that have to be seen of it
const NEAR = 60; // pixels from the end within which one still follows what comes

/**
 * Shows a room in `pane`. Returns what leaves it.
 * @param {HTMLElement} pane
 * @param {string} roomid
 * @param {import("../state/context.js").Context} context
 * @param {number|null} wanted the `roomseq` of a message to scroll to
 */
export function chat(pane, roomid, context, wanted = null) {
  const store = new RoomStore(context, roomid);
  const log = h("ol", { class: "log" });
  const older = button(t("Earlier messages"), () => attempt(() => showOlder(50)), {
    class: "quiet more",
    hidden: true,
  });
  const scroll = h(
    "div",
    { class: "scroll", role: "log", "aria-label": t("Messages"), tabindex: 0 },
    older,
    log,
  );
  const { header, drawHeader } = makeHeader(store, context, pane);
  const composing = compose(context, roomid, (kind, body, quote) =>
    follow(() => store.post(kind, body, quote)),
  );
  const composer = composing.element;
  takeDrops(scroll, (files) => !composer.hidden && composing.take(files));
  const closed = h(
    "p",
    { class: "shut", hidden: true },
    t("One may write here while a contract is in force."),
  );
  const below = button("", () => follow(toEnd), { class: "below primary", hidden: true });
  const desk = h("div", { class: "desk" }, scroll, below);
  fill(pane, header, desk, composer, closed);

  let atEnd = true; // one follows the newest message
  const toEnd = () => {
    scroll.scrollTop = scroll.scrollHeight;
  };
  // Pictures that come late, and a keyboard that takes half the height, leave the end in sight.
  const growth = new ResizeObserver(() => atEnd && toEnd());
  for (const element of [scroll, log]) growth.observe(element);
  scroll.addEventListener("scroll", () => {
    atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
    look();
  });

  /** Does something of this person's own, and shows it. */
  function follow(work) {
    atEnd = true;
    return work();
  }

  /** The last message that is in view, or above what is. */
  const lastSeen = () => {
    const end = scroll.getBoundingClientRect().bottom;
    const isSeen = (row) => row.dataset.roomseq && row.getBoundingClientRect().top + SIGHT <= end;
    for (let row = log.lastElementChild; row; row = row.previousElementSibling)
      if (isSeen(row)) return Number(row.dataset.roomseq);
    return 0;
  };

  let seen = 0; // up to which message everything was in view
  /** What is in view counts as read; what is below is counted. */
  const look = soon(() => {
    if (!scroll.isConnected) return;
    if (!document.hidden) seen = Math.max(seen, lastSeen());
    store.markRead(seen);
    const count = atEnd ? 0 : store.countAfter(seen);
    below.hidden = !count;
    if (count) fill(below, t("{0} new", count), " ↓");
  });
  const actions = {
    again: (message) => follow(() => store.retry(message)),
    recall: context.recall,
    quote: composing.quote,
    seek: (roomseq) => attempt(() => seek(roomseq)),
  };

  function draw() {
    reconcile(log, rows(store, context.jiayi.me, actions));
    older.hidden = !store.hasOlder;
    composing.checkQuote((roomseq) => store.find(roomseq));
    if (atEnd) toEnd();
    look();
  }

  function drawHead() {
    drawHeader();
    closed.hidden = !store.room.contact?.closed;
    if (composer.hidden === closed.hidden) draw(); // what is quoted only where one may write
    composer.hidden = !closed.hidden;
  }

  async function showOlder(limit) {
    atEnd = false;
    const height = scroll.scrollHeight;
    await store.readOlder(limit);
    scroll.scrollTop += scroll.scrollHeight - height;
  }

  /** Goes back to a message that was searched for, or that is quoted. */
  async function seek(roomseq) {
    while (scroll.isConnected && store.hasOlder && !store.find(roomseq)) await showOlder(200);
    const message = store.find(roomseq);
    const found = message && log.querySelector(`[data-key="${CSS.escape(keyOf(message))}"]`);
    if (!found) return;
    atEnd = false;
    log.querySelector(".sought")?.classList.remove("sought");
    found.classList.add("sought");
    found.scrollIntoView({ block: "center" });
  }

  /** Where there is more news than fits, one begins to read at the first. */
  function beginAtNews() {
    const news = log.querySelector("[data-key=news]");
    if (!news || news.getBoundingClientRect().top >= scroll.getBoundingClientRect().top) return;
    atEnd = false;
    scroll.scrollTop += news.getBoundingClientRect().top - scroll.getBoundingClientRect().top;
  }

  store.addEventListener("change", draw);
  store.addEventListener("head", drawHead);
  document.addEventListener("visibilitychange", look);
  drawHead();
  attempt(async () => {
    await store.readNewest();
    if (wanted) await seek(wanted);
    else beginAtNews();
  });
  return () => {
    pane.classList.remove("beside");
    growth.disconnect();
    store.close();
    document.removeEventListener("visibilitychange", look);
  };
}

/** The header of a room: its title, whether the other is there, what can be done. */
function makeHeader(store, context, pane) {
  const title = h("h2", { class: "title" });
  const state = h("span", { class: "state" });
  const actions = h("div", { class: "actions" });
  const back = h("a", { class: "back", href: "#/messages", "aria-label": t("Back") }, icon("back"));
  let drawn = "";
  const drawHeader = () => {
    const { room, isTyping } = store;
    const { contact } = room;
    const presence = contact?.uid && (contact.online ? t("online") : t("offline"));
    fill(title, personName({ name: room.title, role: roleOf(room.kind, context.jiayi.me) }));
    fill(state, isTyping ? t("is typing…") : presence);
    state.classList.toggle("on", Boolean(isTyping || contact?.online));
    // What is drawn already stays, so that nothing moves under a pointer.
    const version = `${room.roomid} ${room.kind} ${room.title} ${contact?.closed}`;
    if (version !== drawn) fill(actions, aboutButton(pane, store, context), context.actions(room));
    drawn = version;
  };
  return { header: h("header", { class: "head" }, back, h("div", {}, title, state), actions), drawHeader };
}

/** Shows whom a room of a resident and a doctor is with. */
function aboutButton(pane, store, context) {
  const { kind, contact } = store.room;
  if (kind !== "alonechat" || !contact?.uid) return null;
  const show = () =>
    showLate(
      () => import("../parts/about.js"),
      ({ toggleAbout }) => toggleAbout(pane, store, context),
    );
  return iconButton("person", t("About {0}", plain(contact.name)), () => attempt(show));
}

/** The rows of the log: the messages, and a line where a day begins. */
function rows(store, me, actions) {
  const isGroup = !["alonechat", "doctorfriend"].includes(store.room.kind);
  const { firstUnread } = store;
  let day = "";
  return store.messages.flatMap((message) => {
    const time = new Date(message.createtime);
    const date = Number.isNaN(time.getTime()) ? day : time.toDateString();
    const isNewDay = date !== day;
    day = date;
    const dayRow = {
      key: date,
      version: date,
      make: () => h("li", { class: "day" }, fullDate(message.createtime)),
    };
    const newsRow = {
      key: "news",
      version: "",
      make: () => h("li", { class: "day news" }, t("New messages")),
    };
    return [isNewDay && dayRow, message.roomseq === firstUnread && newsRow, row(message)].filter(Boolean);
  });

  function row(message) {
    const isMine = message.from.uid === me.uid;
    const state = isMine && !message.recalled ? store.stateOf(message) : "";
    const drop = () => store.drop(message);
    const again = () => actions.again(message);
    const call = message.kind === "videocall" && message.body; // which changes when the call ends
    const readers = isMine && isGroup ? store.readersOf(message) : { read: [], unread: [] };
    const quoted = message.quote && store.quoted(message.quote);
    const seek = () => actions.seek(message.quote);
    const quote = store.room.contact?.closed ? null : () => actions.quote(message);
    const shown = [Boolean(quote), message.quote, quoted === null, quoted?.dialogid, quoted?.recalled];
    return {
      key: keyOf(message),
      version: JSON.stringify([
        message.roomseq,
        state,
        message.recalled,
        message.failed,
        call,
        readers,
        shown,
      ]),
      make: (drawn) => {
        const recall = () => actions.recall(message);
        const about = { isMine, state, isGroup, again, drop, recall, readers, quoted, seek, quote };
        const element = bubble(message, about, drawn);
        if (message.roomseq) element.dataset.roomseq = message.roomseq;
        return element;
      },
    };
  }
}

/** What identifies a message, also before the server has given it an id. */
function keyOf({ clientid, dialogid, from }) {
  return clientid ? `c${from.uid}${clientid}` : `d${dialogid}`;
}
