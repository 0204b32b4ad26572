// What this person's page knows: the message list, contacts, read marks. It is read from the server's lists and
// kept up to date by pushes.

import { roomsOf } from "./contacts.js";

/**
 * @typedef {object} InboxItem an item of the contract's message list
 * @typedef {object} Message a dialog of the contract
 */

/**
 * Emits `change` when the message list looks different, `loaded` after the lists were read, `news` with
 * `{item, type}` for a push that comes into the list; `message`, `recall`, `mark` and `typing` for rooms;
 * `contract`, `members` and `friend` when these have changed.
 */
export class InboxStore extends EventTarget {
  /** @type {Map<string, InboxItem>} by the room, or by `messageid` for notices */ items = new Map();
  /** @type {Map<string, object>} rooms: `{roomid, kind, name, uid?, online?, closed?, stid?}` */ contacts =
    new Map();
  /** @type {object[]} the people in the contacts, each once */ people = [];
  /** @type {Map<string, Map<string, number>>} how far others have read, by room and person */ readMarks =
    new Map();
  /** @type {Map<string, number>} how far this person's messages have come to a device, by room */ delivered =
    new Map();
  #jiayi;
  /** @type {{again: boolean}|null} */ #loading = null;
  #isStale = false; // the lists could not be read when they should have been

  /** @param {import("../../client/jiayi.js").Jiayi} jiayi */
  constructor(jiayi) {
    super();
    this.#jiayi = jiayi;
    jiayi.addEventListener("push", ({ detail }) => this.#onPush(detail));
    jiayi.addEventListener("ephemeral", ({ detail }) => this.#onEphemeral(detail));
    jiayi.addEventListener("sent", ({ detail }) => this.#onSent(detail));
    jiayi.addEventListener("resync", () => this.refresh());
    jiayi.addEventListener("status", ({ detail }) => detail === "online" && this.#isStale && this.refresh());
  }

  /** Reads the lists, as soon as the server can be reached. */
  async refresh() {
    this.#isStale = false;
    try {
      await this.load();
    } catch (problem) {
      if (!problem.retryable) throw problem;
      this.#isStale = true;
    }
  }

  /**
   * Reads the lists. If it is called meanwhile, it reads them once more afterwards.
   * @throws {import("../../client/jiayi.js").JiayiError}
   */
  async load() {
    if (this.#loading) {
      this.#loading.again = true;
      return;
    }
    this.#loading = { again: false };
    try {
      await this.#readLists();
    } finally {
      const { again } = this.#loading;
      this.#loading = null;
      if (again) await this.load();
    }
    this.#emit("change");
    this.#emit("loaded");
  }

  async #readLists() {
    const jiayi = this.#jiayi;
    const [page, contacts, groups, teams, contracts] = await Promise.all([
      jiayi.get("message/list", { limit: 200 }),
      jiayi.all("contacts/list"),
      jiayi.all("discussion/list"),
      jiayi.all("team/list"),
      jiayi.all("signed/list", { status: "signed" }),
    ]);
    this.items = new Map(page.items.map((item) => [keyOf(item), item]));
    this.people = [...new Map(contacts.map((contact) => [contact.uid, contact])).values()];
    this.contacts = roomsOf(jiayi.me, { contacts, groups, teams, contracts });
  }

  /** The message list, newest first. */
  get sorted() {
    return [...this.items.values()].sort((a, b) => (a.updatetime < b.updatetime ? 1 : -1));
  }

  /** The rooms in which nothing has been written yet. */
  get silentRooms() {
    return [...this.contacts.values()].filter((contact) => !this.items.has(contact.roomid));
  }

  /** How many messages wait to be read. */
  get count() {
    return [...this.items.values()].reduce((sum, item) => sum + item.unread, 0);
  }

  /** Marks a room as read up to a message, here at once and then on the server. */
  markRead(roomid, roomseq) {
    const item = this.items.get(roomid);
    if (!item?.unread || this.#jiayi.status !== "online") return;
    item.unread = 0;
    this.#jiayi.markRead(roomid, roomseq);
    this.#emit("change");
  }

  /** Marks a notice as read. @param {InboxItem} item */
  markNoticeRead(item) {
    if (!item.unread) return;
    item.unread = 0;
    this.#jiayi.sendCommand("C2S_READ", { messageid: item.messageid });
    this.#emit("change");
  }

  /** How far anybody else has read a room. */
  readUpTo(roomid) {
    return Math.max(0, ...(this.readMarks.get(roomid)?.values() ?? []));
  }

  #onPush({ type, data }) {
    switch (type) {
      case "S2C_READ_PUSH":
        return data.messageid ? this.#onNoticeRead(data) : this.#onRead(data);
      case "S2C_RECALL_PUSH":
        return this.#onRecall(data);
      case "S2C_SIGNED_PUSH":
      case "S2C_UNSIGNED_PUSH":
        return this.#reload("contract");
      case "S2C_TEAMMEMBER_ENTER":
      case "S2C_TEAMMEMBER_LEAVE":
        return this.#reload("members");
      case "S2C_FRIENDAPPLY_PUSH":
      case "S2C_FRIENDACCEPT_PUSH":
        return this.#reload("friend");
      default:
        if (data.messageid && !type.startsWith("S2C_VIDEOCALL_")) this.#onItem(data, type);
    }
  }

  /** @param {string} reason the event that says why */
  #reload(reason) {
    this.refresh();
    this.#emit(reason);
  }

  /** @param {InboxItem} item @param {string} type */
  #onItem(item, type) {
    this.items.set(keyOf(item), item);
    this.#emit("change");
    this.#emit("news", { item, type });
    if (item.data?.roomid && item.data.dialogid) this.#emit("message", messageOf(item));
  }

  /** This person's message has reached the server: it is the room's newest. */
  #onSent({ body: { kind = "text", body, clientid }, answer }) {
    if (!answer.roomid || !answer.dialogid) return;
    const createtime = new Date().toISOString();
    const message = { ...answer, from: this.#jiayi.me, kind, body, clientid, createtime, recalled: false };
    const known = this.items.get(answer.roomid);
    if (!known) this.refresh();
    else if (known.data.roomseq < answer.roomseq) {
      const content = kind === "text" ? body : known.content;
      const data = { ...known.data, ...message };
      this.items.set(answer.roomid, { ...known, content, updatetime: createtime, data });
      this.#emit("change");
    }
    this.#emit("message", message);
  }

  #onNoticeRead({ messageid }) {
    const notice = this.items.get(messageid);
    if (notice) notice.unread = 0;
    this.#emit("change");
  }

  #onRead({ roomid, uid, roomseq }) {
    if (uid === this.#jiayi.me.uid) return this.#onReadElsewhere(roomid, roomseq);
    const marks = this.readMarks.get(roomid) ?? new Map();
    marks.set(uid, Math.max(roomseq, marks.get(uid) ?? 0));
    this.readMarks.set(roomid, marks);
    this.#emit("mark", { roomid });
  }

  /** This person has read the room, here or on another device. */
  #onReadElsewhere(roomid, roomseq) {
    const item = this.items.get(roomid);
    if (!item) return;
    if (roomseq < item.data.roomseq) return void this.refresh();
    item.unread = 0;
    this.#emit("change");
  }

  #onRecall({ roomid, dialogid }) {
    if (this.items.get(roomid)?.data.dialogid === dialogid) this.refresh();
    this.#emit("recall", { roomid, dialogid });
  }

  #onEphemeral({ type, data }) {
    switch (type) {
      case "S2C_TYPING_PUSH":
        return this.#emit("typing", data);
      case "S2C_PRESENCE_PUSH":
        for (const contact of this.contacts.values())
          if (contact.uid === data.uid) contact.online = data.online;
        return this.#emit("change");
      case "S2C_DELIVERY_PUSH":
        if (data.state !== "delivered") return;
        this.delivered.set(data.roomid, Math.max(data.roomseq, this.delivered.get(data.roomid) ?? 0));
        return this.#emit("mark", data);
    }
  }

  #emit(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** What identifies an item of the message list. @param {InboxItem} item */
export function keyOf(item) {
  return item.data?.roomid ?? item.messageid;
}

/** The message that an item shows. @param {InboxItem} item @returns {Message} */
function messageOf({ data, updatetime }) {
  return { recalled: false, createtime: updatetime, ...data };
}
