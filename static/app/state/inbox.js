// What this person's page knows: the message list, contacts, read marks. It is read from the server's lists and
// kept up to date by pushes.

import { roomsOf, unwrittenOf } from "./contacts.js";

/**
 * @typedef {object} InboxItem an item of the contract's message list
 * @typedef {object} Message a dialog of the contract
 * @typedef {(items: Map<string, InboxItem>) => void} ItemChange
 */

/**
 * Emits `change` when the message list looks different, `loaded` after the lists were read, `news` with
 * `{item, type}` for a push that comes into the list; `message`, `recall`, `mark` and `typing` for rooms;
 * `contract`, `members` and `friend` when these have changed.
 */
export class InboxStore extends EventTarget {
  /** @type {Map<string, InboxItem>} by the room, or by `messageid` for notices */ items = new Map();
  /** @type {Map<string, object>} rooms: `{roomid, kind, name, uid?, online?, closed?, mine?, stid?, about?}` */
  contacts = new Map();
  /** @type {object[]} the people in the contacts, each once */ people = [];
  /** @type {object[]} residents of a doctor's teams with whom there is no room yet */ unwritten = [];
  /** @type {Map<string, Map<string, number>>} how far others have read, by room and person */ readMarks =
    new Map();
  /** @type {Map<string, number>} how far this person's messages have come to a device, by room */ delivered =
    new Map();
  #jiayi;
  /** @type {{again: boolean, changes: ItemChange[]}|null} */ #loading = null;
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
    this.#loading = { again: false, changes: [] };
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

  #readLists = async () => {
    const jiayi = this.#jiayi;
    const [items, contacts, groups, teams, contracts] = await Promise.all([
      jiayi.all("message/list"),
      jiayi.all("contacts/list"),
      jiayi.all("discussion/list"),
      jiayi.all("team/list"),
      jiayi.all("signed/list", { status: "signed" }),
    ]);
    this.items = new Map(items.map((item) => [keyOf(item), item]));
    for (const change of this.#loading?.changes ?? []) change(this.items);
    this.people = [...new Map(contacts.map((contact) => [contact.uid, contact])).values()];
    this.unwritten = unwrittenOf(jiayi.me, { contacts, contracts });
    this.contacts = roomsOf(jiayi.me, { contacts, groups, teams, contracts });
  };

  /** The message list, newest first. */
  get sorted() {
    return [...this.items.values()].sort(byTime);
  }

  /** The rooms in which nothing has been written yet. */
  get silentRooms() {
    return [...this.contacts.values()].filter((contact) => !this.items.has(contact.roomid));
  }

  /** The contact with a person, without a `roomid` where nothing was written yet. @param {string} uid */
  contactOf(uid) {
    const isTheirs = (contact) => contact.uid === uid;
    return this.people.find(isTheirs) ?? this.unwritten.find(isTheirs);
  }

  /** How many messages wait to be read. */
  get count() {
    return [...this.items.values()].reduce((sum, item) => sum + item.unread, 0);
  }

  /**
   * Changes the items, and once more after a reading that is under way, which may not have seen why.
   * @param {ItemChange} change
   */
  #change = (change) => {
    change(this.items);
    this.#loading?.changes.push(change);
    this.#emit("change");
  };

  /** Marks a room as read up to a message, here at once and then on the server. Returns whether it could. */
  markRead(roomid, roomseq) {
    if (!this.items.get(roomid)?.unread || this.#jiayi.status !== "online") return false;
    this.#jiayi.markRead(roomid, roomseq);
    this.#change((items) => setRead(items, roomid, roomseq));
    return true;
  }

  /** Marks a notice as read. @param {InboxItem} item */
  markNoticeRead({ unread, messageid }) {
    if (!unread) return;
    this.#jiayi.sendCommand("C2S_READ", { messageid });
    this.#onNoticeRead({ messageid });
  }

  /** How far anybody else has read a room. */
  readUpTo(roomid) {
    return Math.max(0, ...(this.readMarks.get(roomid)?.values() ?? []));
  }

  #onPush = ({ type, data }) => {
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
  };

  /** @param {string} reason the event that says why */
  #reload = (reason) => {
    this.refresh();
    this.#emit(reason);
  };

  /** @param {InboxItem} item @param {string} type */
  #onItem = (item, type) => {
    this.#change((items) => put(items, item));
    this.#emit("news", { item, type });
    if (item.data?.roomid && item.data.dialogid) this.#emit("message", messageOf(item));
  };

  /** This person's message has reached the server: it is the room's newest. */
  #onSent = ({ path, body: { kind = "text", body, clientid, quote }, answer }) => {
    if (path.startsWith("/") || !answer.dialogid) return; // what is written at the duty desk is in no room of one's own
    const { roomid } = answer;
    const createtime = new Date().toISOString();
    const message = {
      ...answer,
      from: this.#jiayi.me,
      kind,
      body,
      clientid,
      quote,
      createtime,
      recalled: false,
    };
    const news = { content: kind === "text" ? body : "", updatetime: createtime, data: message };
    const line = this.items.get(roomid) ?? this.#newLine(answer);
    if (line) this.#change((items) => put(items, { ...(items.get(roomid) ?? line), ...news }));
    else this.refresh();
    this.#emit("message", message);
  };

  /** The line of a room in which nothing was written before, if the room is known. */
  #newLine = ({ roomid, messageid }) => {
    const room = this.contacts.get(roomid);
    return room && { messageid, tags: [room.kind], title: room.name, unread: 0 };
  };

  #onNoticeRead = ({ messageid }) => {
    this.#change((items) => {
      const notice = items.get(messageid);
      if (notice) notice.unread = 0;
    });
  };

  #onRead = ({ roomid, uid, roomseq }) => {
    if (uid === this.#jiayi.me.uid) return this.#change((items) => setRead(items, roomid, roomseq));
    const marks = this.readMarks.get(roomid) ?? new Map();
    marks.set(uid, Math.max(roomseq, marks.get(uid) ?? 0));
    this.readMarks.set(roomid, marks);
    this.#emit("mark", { roomid });
  };

  #onRecall = ({ roomid, dialogid }) => {
    this.#change((items) => {
      const item = items.get(roomid);
      if (item?.data.dialogid === dialogid)
        items.set(roomid, { ...item, data: { ...item.data, body: null } });
    });
    this.#emit("recall", { roomid, dialogid });
  };

  #onEphemeral = ({ type, data }) => {
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
  };

  #emit = (name, detail = null) => {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  };
}

/** What identifies an item of the message list. @param {InboxItem} item */
export function keyOf(item) {
  return item.data?.roomid ?? item.messageid;
}

/** Newest first; of one time in the server's order. */
function byTime(one, other) {
  if (one.updatetime === other.updatetime) return one.messageid < other.messageid ? 1 : -1;
  return one.updatetime < other.updatetime ? 1 : -1;
}

/** Puts an item in its place. Where a newer one is there, it stays, and only moves up. */
function put(items, item) {
  const known = items.get(keyOf(item));
  if (!known || !isOlder(item, known)) items.set(keyOf(item), item);
  else if (known.updatetime < item.updatetime) known.updatetime = item.updatetime;
}

function isOlder(item, known) {
  if (item.data?.roomseq) return item.data.roomseq < known.data.roomseq;
  return item.updatetime < known.updatetime;
}

/** This person has read a room up to a message: what came later is unread. */
function setRead(items, roomid, roomseq) {
  const item = items.get(roomid);
  if (item) item.unread = Math.max(0, Math.min(item.unread, item.data.roomseq - roomseq));
}

/** The message that an item shows. @param {InboxItem} item @returns {Message} */
function messageOf({ data, updatetime }) {
  return { recalled: false, createtime: updatetime, ...data };
}
