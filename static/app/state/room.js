// A room that is open: its messages, those that are on their way, how far they have come, who is typing.

import { randomId } from "../../client/jiayi.js";
import { attempt, explain, note } from "../parts/feedback.js";

const TYPING = 4_000; // ms for which somebody counts as typing
const LATEST = 120_000; // ms after which no answer comes that was asked for before

/** Emits `change` when the messages have changed, `head` when the title or the state of the other has. */
export class RoomStore extends EventTarget {
  /** @type {Map<number, object>} by `roomseq` */ #messages = new Map();
  /** @type {object[]} this person's messages that the server has not answered */ #pending = [];
  /** @type {number|string|null} the cursor of what came before; null at the beginning */ #older = null;
  #typingUntil = 0;
  /** @type {Map<number, object|null|undefined>} quoted messages that are older than those that were read */
  #quoted = new Map();
  /** @type {Set<string>} what was withdrawn a short while ago */ #recalled = new Set();
  #quotedRead = Promise.resolve(); // when the last of them is read
  /** @type {Map<string, string>} the names of those in a group, by uid */ #members = new Map();
  #unread; // how many messages of others were unread when the room was opened
  #newestThen; // the last message of the room then
  /** The first message that was unread when the room was opened, as far as is read. @type {number|undefined} */
  firstUnread;
  #readUpTo = 0; // what this person has had in view
  #context;
  #listeners = {
    message: ({ detail }) => detail.roomid === this.roomid && this.#onMessage(detail),
    recall: ({ detail }) => this.#onRecall(detail.dialogid),
    mark: ({ detail }) => detail.roomid === this.roomid && this.#emit("change"),
    members: () => attempt(() => this.#readMembers()),
    typing: ({ detail }) => this.#onTyping(detail),
    change: () => this.#emit("head"),
    loaded: () => attempt(() => this.readNewest()),
  };

  /** @param {import("./context.js").Context} context @param {string} roomid */
  constructor(context, roomid) {
    super();
    this.#context = context;
    this.roomid = roomid;
    for (const [type, listener] of Object.entries(this.#listeners))
      context.inbox.addEventListener(type, listener);
    const item = context.inbox.items.get(roomid);
    this.#unread = item?.unread ?? 0;
    this.#newestThen = item?.data?.roomseq ?? Infinity;
    attempt(() => this.#readMembers());
  }

  #readMembers = async () => {
    if (this.room.kind !== "discussion") return;
    const members = await this.#context.jiayi.all("discussion/members", { roomid: this.roomid });
    this.#members = new Map(members.map(({ uid, name }) => [uid, name]));
    this.#emit("change");
  };

  close() {
    const { inbox } = this.#context;
    for (const [type, listener] of Object.entries(this.#listeners)) inbox.removeEventListener(type, listener);
  }

  /** @returns {import("./context.js").Room} */
  get room() {
    const { inbox } = this.#context;
    const item = inbox.items.get(this.roomid);
    const contact = inbox.contacts.get(this.roomid);
    const kind = item?.tags[0] ?? contact?.kind ?? "discussion";
    return { roomid: this.roomid, contact, kind, title: item?.title ?? contact?.name ?? "" };
  }

  get isTyping() {
    return Date.now() < this.#typingUntil;
  }

  /** All messages in their order, those that are on their way at the end. */
  get messages() {
    return [...this.#messages.values()].sort((a, b) => a.roomseq - b.roomseq).concat(this.#pending);
  }

  get hasOlder() {
    return this.#older !== null;
  }

  /** @param {number} roomseq */
  find(roomseq) {
    return this.#messages.get(roomseq);
  }

  /**
   * A message that another one quotes.
   * @param {number} roomseq
   * @returns {object|null|undefined} undefined until it is read, null where it cannot be seen
   */
  quoted(roomseq) {
    if (this.#messages.has(roomseq)) return this.#messages.get(roomseq);
    if (!this.#quoted.has(roomseq)) {
      this.#quoted.set(roomseq, undefined);
      // One after the other: many may come into view at once.
      this.#quotedRead = this.#quotedRead.then(() => attempt(() => this.#readQuoted(roomseq)));
    }
    return this.#quoted.get(roomseq);
  }

  #readQuoted = async (roomseq) => {
    if (this.#messages.has(roomseq)) return;
    const range = { roomid: this.roomid, after: roomseq - 1, before: roomseq + 1 };
    const reading = this.#context.jiayi.get("dialog/list", range);
    const { items } = await reading.catch((problem) => {
      this.#quoted.delete(roomseq); // it is read when it is next drawn
      throw problem;
    });
    this.#quoted.set(roomseq, items[0] ? this.#withoutRecalled(items[0]) : null);
    this.#emit("change");
  };

  async readNewest() {
    const page = await this.#context.jiayi.get("dialog/list", { roomid: this.roomid, limit: 50 });
    const newest = this.#newest();
    const missed = page.items.length && newest && page.items[page.items.length - 1].roomseq > newest + 1;
    if (missed) this.#messages.clear(); // too far behind: begin anew from the end
    if (missed || !newest) this.#older = page.next;
    this.#addAll(page.items);
    if (!newest) this.#findUnread();
  }

  /** @param {number} limit */
  async readOlder(limit) {
    const page = await this.#context.jiayi.get("dialog/list", {
      roomid: this.roomid,
      before: this.#older,
      limit,
    });
    this.#older = page.next;
    this.#addAll(page.items);
    this.#findUnread();
  }

  /** Called when more of what was there is read, not when something comes in: what was unread stays where it was. */
  #findUnread = () => {
    if (!this.#unread) return;
    const { uid } = this.#context.jiayi.me;
    const wasThere = ({ roomseq, from }) => from.uid !== uid && roomseq <= this.#newestThen;
    const unread = this.messages.filter(wasThere).slice(-this.#unread);
    if (unread[0]?.roomseq === this.firstUnread) return;
    this.firstUnread = unread[0]?.roomseq;
    this.#emit("change");
  };

  /** Marks what this person has had in view as read. @param {number} roomseq of the last message in view */
  markRead(roomseq) {
    if (roomseq <= this.#readUpTo) return;
    if (this.#context.inbox.markRead(this.roomid, roomseq)) this.#readUpTo = roomseq;
  }

  /** How many messages of others come after one. @param {number} roomseq */
  countAfter(roomseq) {
    const { uid } = this.#context.jiayi.me;
    return [...this.#messages.values()].filter((one) => one.roomseq > roomseq && one.from.uid !== uid).length;
  }

  /**
   * Who of a group has read a message of this person, and who has not.
   * @returns {{read: string[], unread: string[]}} names; both are empty where it is not known who is in the room
   */
  readersOf({ roomseq, states = [] }) {
    const { inbox, jiayi } = this.#context;
    const marks = inbox.readMarks.get(this.roomid);
    const told = new Map(states.map(({ uid, state }) => [uid, state]));
    const uids = told.size
      ? [...told.keys()]
      : [...this.#members.keys()].filter((uid) => uid !== jiayi.me.uid);
    const hasRead = (uid) => told.get(uid) === "read" || (marks?.get(uid) ?? 0) >= roomseq;
    const name = (uid) => this.#members.get(uid) ?? inbox.people.find((one) => one.uid === uid)?.name ?? "?";
    const names = (wanted) => uids.filter((uid) => hasRead(uid) === wanted).map(name);
    return roomseq ? { read: names(true), unread: names(false) } : { read: [], unread: [] };
  }

  /** @param {number} [quote] the `roomseq` of the message that it quotes */
  post(kind, body, quote) {
    const createtime = new Date().toISOString();
    const message = {
      clientid: randomId(),
      kind,
      body,
      quote,
      from: this.#context.jiayi.me,
      createtime,
      recalled: false,
    };
    this.#pending.push(message);
    return this.retry(message);
  }

  /** Sends a message, the first time or after a failure. */
  async retry(message) {
    const { kind, body, clientid, quote } = message;
    message.failed = null;
    this.#emit("change");
    const { path, to } = this.#context.target(this.room);
    try {
      await this.#context.jiayi.send(path, { ...to, kind, body, clientid, quote });
    } catch (problem) {
      if (!problem.code) throw problem;
      message.failed = explain(problem);
      // What it quotes was withdrawn: the next try does without.
      if (problem.field === "quote") message.quote = undefined;
      note(message.failed);
      this.#emit("change");
    }
  }

  /** Gives up a message that has failed. */
  drop(message) {
    this.#pending.splice(this.#pending.indexOf(message), 1);
    this.#emit("change");
  }

  /** How far a message of this person has come. @returns {"sending"|"failed"|"sent"|"delivered"|"read"} */
  stateOf({ roomseq, failed, states = [] }) {
    if (!roomseq) return failed ? "failed" : "sending";
    const { inbox } = this.#context;
    const is = (wanted) => states.some(({ state }) => state === wanted);
    if (roomseq <= inbox.readUpTo(this.roomid) || is("read")) return "read";
    if (roomseq <= (inbox.delivered.get(this.roomid) ?? 0) || is("delivered")) return "delivered";
    return "sent";
  }

  #newest = () => {
    return Math.max(0, ...this.#messages.keys());
  };

  #addAll = (messages) => {
    for (const message of messages) this.#add(message);
    this.#emit("change");
  };

  /** A message without its words, if it was withdrawn while it was on its way. */
  #withoutRecalled = (message) => {
    return this.#recalled.has(message.dialogid) ? { ...message, recalled: true, body: null } : message;
  };

  #add = (message) => {
    const before = this.#messages.get(message.roomseq);
    this.#messages.set(message.roomseq, { ...before, ...this.#withoutRecalled(message) });
    if (message.from.uid !== this.#context.jiayi.me.uid) return;
    this.#pending = this.#pending.filter(({ clientid }) => clientid !== message.clientid);
  };

  #onMessage = (message) => {
    const isGap = message.roomseq > this.#newest() + 1;
    this.#add(message);
    if (message.from.uid !== this.#context.jiayi.me.uid) this.#typingUntil = 0;
    this.#emit("head");
    this.#emit("change");
    if (isGap) attempt(() => this.readNewest());
  };

  #onRecall = (dialogid) => {
    this.#recalled.add(dialogid);
    setTimeout(() => this.#recalled.delete(dialogid), LATEST);
    for (const message of [...this.#messages.values(), ...this.#quoted.values()]) {
      if (message?.dialogid === dialogid) Object.assign(message, { recalled: true, body: null });
    }
    this.#emit("change");
  };

  #onTyping = ({ roomid, uid }) => {
    if (roomid !== this.roomid || uid === this.#context.jiayi.me.uid) return;
    this.#typingUntil = Date.now() + TYPING;
    this.#emit("head");
    setTimeout(() => this.#emit("head"), TYPING + 50);
  };

  #emit = (type) => {
    this.dispatchEvent(new Event(type));
  };
}
