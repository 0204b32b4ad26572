// A room that is open: its messages, read marks, who is typing.

import { attempt, explain, fill, h, note, reconcile } from "./dom.js";
import { bubble } from "./bubble.js";
import { compose } from "./compose.js";
import { icon } from "./icons.js";
import { randomId } from "../client/jiayi.js";
import { t } from "./words.js";

/**
 * @typedef {object} Context
 * @property {import("../client/jiayi.js").Jiayi} jiayi
 * @property {import("./book.js").Book} book
 * @property {string} none what an empty list says
 * @property {() => Node} [tools] what stands above the list
 * @property {(room: Room) => Node[]} [actions] what one can do with a room
 * @property {(room: Room) => object|null} [target] whereto one's message goes: `{path, to}`
 *
 * @typedef {{roomid: string, kind: string, title: string, contact?: object}} Room
 */

const TYPING = 4_000;

/** Shows a room in `pane`, at a message where one is wanted; returns what leaves it. */
export function chat(pane, roomid, context, wanted = null) {
  const { jiayi, book } = context;
  const dialogs = new Map(); // by roomseq
  const pending = []; // one's own that the server has not answered
  let older = null; // cursor of what came before; null at the beginning
  let typist = 0;
  let atEnd = true; // one follows the newest

  const log = h("ol", { class: "log" });
  const state = h("span", { class: "state" });
  const more = h("button", { class: "quiet more", type: "button", hidden: true, onclick: () => attempt(() => readOlder()) }, t("Earlier messages"));
  const title = h("h2", {});
  const actions = h("div", { class: "actions" });
  const composer = compose(jiayi, roomid, post);
  const closed = h("p", { class: "shut", hidden: true }, t("One may write here while a contract is in force."));

  fill(pane,
    h("header", { class: "head" },
      h("a", { class: "back", href: "#/messages", "aria-label": t("Back") }, icon("back")),
      h("div", {}, title, state), actions),
    h("div", { class: "scroll", role: "log", "aria-label": t("Messages"), tabindex: 0 }, more, log),
    composer, closed);
  const scroll = log.parentElement;
  // Pictures that come late, and a keyboard that takes half the height, leave the end in sight.
  const growth = new ResizeObserver(() => atEnd && toEnd());
  [scroll, log].forEach((element) => growth.observe(element));
  scroll.addEventListener("scroll", () => { atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60; });

  function toEnd() {
    atEnd = true;
    scroll.scrollTop = scroll.scrollHeight;
  }

  function room() {
    const line = book.lines.get(roomid);
    const contact = book.contacts.get(roomid);
    return { roomid, contact, kind: line?.tags[0] ?? contact?.kind ?? "discussion", title: line?.title ?? contact?.name ?? "" };
  }

  let drawn = "";
  function drawHead() {
    const { contact, title: name } = room();
    fill(title, name);
    const typing = Date.now() < typist && t("is typing…");
    fill(state, typing || (contact?.uid && (contact.online ? t("online") : t("offline"))) || "");
    state.classList.toggle("on", Boolean(typing || contact?.online));
    composer.hidden = Boolean(contact?.closed);
    closed.hidden = !contact?.closed;
    const { roomid: id, kind, title: called } = room();
    const key = `${id} ${kind} ${called} ${contact?.closed}`;
    if (key !== drawn) fill(actions, context.actions?.(room()) ?? []);
    drawn = key;
  }

  function draw() {
    const rows = [...dialogs.values()].sort((a, b) => a.roomseq - b.roomseq).concat(pending);
    let day = "";
    reconcile(log, rows.flatMap((dialog) => {
      const date = new Date(dialog.createtime).toDateString();
      const parting = date === day ? [] : [{ key: date, version: date, make: () => h("li", { class: "day" }, theDay(dialog.createtime)) }];
      day = date;
      return [...parting, row(dialog)];
    }));
    more.hidden = older === null;
    if (atEnd) toEnd();
  }

  function row(dialog) {
    const mine = dialog.from.uid === jiayi.me.uid;
    const mark = mine && !dialog.recalled ? markOf(dialog) : "";
    return {
      key: dialog.clientid ? `c${dialog.from.uid}${dialog.clientid}` : `d${dialog.dialogid}`,
      version: `${mark} ${dialog.recalled} ${dialog.failed ?? ""} ${dialog.dutyinfo?.process ?? ""}`,
      make: () => bubble(dialog, { mine, mark, group: room().kind !== "alonechat" && room().kind !== "doctorfriend", context, again: () => retry(dialog), dropped }),
    };
  }

  function dropped(dialog) {
    pending.splice(pending.indexOf(dialog), 1);
    draw();
  }

  function markOf(dialog) {
    if (!dialog.roomseq) return dialog.failed ? "failed" : "sending";
    const states = dialog.states?.map(({ state }) => state) ?? [];
    if (dialog.roomseq <= book.readUpTo(roomid) || states.includes("read")) return "read";
    if (dialog.roomseq <= (book.delivered.get(roomid) ?? 0) || states.includes("delivered")) return "delivered";
    return "sent";
  }

  async function readNewest() {
    const newest = Math.max(0, ...dialogs.keys());
    const page = await jiayi.get("dialog/list", { roomid, limit: 50 });
    const missed = page.items.length && newest && page.items.at(-1).roomseq > newest + 1;
    if (missed) dialogs.clear(); // too far behind: begin anew from the end
    if (missed || !newest) older = page.next;
    page.items.forEach(take);
    draw();
    look();
  }

  async function readOlder(limit = 50) {
    atEnd = false;
    const before = scroll.scrollHeight;
    const page = await jiayi.get("dialog/list", { roomid, before: older, limit });
    older = page.next;
    page.items.forEach(take);
    draw();
    scroll.scrollTop += scroll.scrollHeight - before;
  }

  function take(dialog) {
    dialogs.set(dialog.roomseq, { ...dialogs.get(dialog.roomseq), ...dialog });
    const sent = pending.findIndex(({ clientid }) => clientid === dialog.clientid);
    if (sent >= 0 && dialog.from.uid === jiayi.me.uid) pending.splice(sent, 1);
  }

  /** Goes back to a message that was searched for. */
  async function seek(roomseq) {
    while (older !== null && !dialogs.has(roomseq)) await readOlder(200);
    const found = dialogs.has(roomseq) && log.querySelector(`[data-key="${CSS.escape(row(dialogs.get(roomseq)).key)}"]`);
    if (!found) return;
    atEnd = false;
    found.classList.add("sought");
    found.scrollIntoView({ block: "center" });
  }

  /** What is in sight has been read. */
  function look() {
    if (!document.hidden && dialogs.size) book.read(roomid, Math.max(...dialogs.keys()));
  }

  function post(kind, body) {
    const dialog = { clientid: randomId(), kind, body, from: jiayi.me, createtime: new Date().toISOString(), recalled: false };
    pending.push(dialog);
    retry(dialog);
  }

  async function retry(dialog) {
    dialog.failed = null;
    toEnd();
    draw();
    const target = context.target(room());
    try {
      await jiayi.send(target.path, { ...target.to, kind: dialog.kind, body: dialog.body, clientid: dialog.clientid });
    } catch (problem) {
      if (!problem.code) throw problem;
      dialog.failed = explain(problem);
      note(dialog.failed);
      draw();
    }
  }

  const on = {
    dialog: ({ detail }) => {
      if (detail.roomid !== roomid) return;
      const gap = detail.roomseq > Math.max(0, ...dialogs.keys()) + 1;
      take(detail);
      if (detail.from.uid !== jiayi.me.uid) typist = 0;
      drawHead();
      draw();
      look();
      if (gap) attempt(readNewest);
    },
    recall: ({ detail }) => {
      for (const dialog of dialogs.values()) if (dialog.dialogid === detail.dialogid) Object.assign(dialog, { recalled: true, body: null });
      draw();
    },
    mark: ({ detail }) => detail.roomid === roomid && draw(),
    typing: ({ detail }) => {
      if (detail.roomid !== roomid || detail.uid === jiayi.me.uid) return;
      typist = Date.now() + TYPING;
      drawHead();
      setTimeout(drawHead, TYPING + 50);
    },
    change: drawHead,
    fresh: () => attempt(readNewest),
  };
  for (const [name, listener] of Object.entries(on)) book.addEventListener(name, listener);
  document.addEventListener("visibilitychange", look);
  drawHead();
  attempt(async () => {
    await readNewest();
    if (wanted) await seek(wanted);
  });
  return () => {
    growth.disconnect();
    for (const [name, listener] of Object.entries(on)) book.removeEventListener(name, listener);
    document.removeEventListener("visibilitychange", look);
  };
}

function theDay(text) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full" }).format(new Date(text));
}
