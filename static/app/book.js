// What this person's page knows: the message list, contacts, read marks. Filled from the lists,
// kept up by pushes. Emits `change` for the list and `dialog`, `mark`, `typing` … for rooms.

/**
 * @typedef {object} Line an inbox item of the contract
 * @typedef {object} Dialog a message of the contract
 */
export class Book extends EventTarget {
  /** @type {Map<string, Line>} lines by the room, or by `messageid` for notices */ lines = new Map();
  /** @type {Map<string, object>} what is known of rooms: `{roomid, kind, name, uid?, online?, closed?, stid?}` */ contacts = new Map();
  /** @type {object[]} the people one knows, each once */ people = [];
  /** @type {Map<string, Map<string, number>>} how far others have read, by room */ marks = new Map();
  /** @type {Map<string, number>} how far one's own messages have come to a device, by room */ delivered = new Map();
  #jiayi;
  #reading = null;

  /** @param {import("../client/jiayi.js").Jiayi} jiayi */
  constructor(jiayi) {
    super();
    this.#jiayi = jiayi;
    jiayi.addEventListener("push", ({ detail }) => this.#take(detail));
    jiayi.addEventListener("word", ({ detail }) => this.#word(detail));
    jiayi.addEventListener("sent", ({ detail }) => this.#sent(detail));
    jiayi.addEventListener("fresh", () => this.load());
  }

  /** Reads the lists anew; asked for twice at once, reads once more afterwards. */
  async load() {
    if (this.#reading) return this.#reading.again = true;
    this.#reading = { again: false };
    try {
      const [page, contacts, groups, teams, contracts] = await Promise.all([
        this.#jiayi.get("message/list", { limit: 200 }), this.#jiayi.all("contacts/list"), this.#jiayi.all("discussion/list"),
        this.#jiayi.all("team/list"), this.#jiayi.all("signed/list", { status: "signed" }),
      ]);
      const bound = whoIsBound(this.#jiayi.me, teams, contracts);
      for (const contact of contacts) contact.closed = contact.kind === "alonechat" && !bound(contact.uid);
      this.lines = new Map(page.items.map((line) => [keyOf(line), line]));
      this.people = [...new Map(contacts.map((contact) => [contact.uid, contact])).values()];
      this.contacts = new Map([
        ...contacts.map((contact) => [contact.roomid, contact]),
        ...teamRooms(contacts, teams.filter(({ stid }) => this.#jiayi.me.teams?.includes(stid))),
        ...groups.map(({ roomid, name }) => [roomid, { roomid, name, kind: "discussion" }]),
      ]);
    } finally {
      const { again } = this.#reading;
      this.#reading = null;
      if (again) await this.load();
    }
    this.#emit("change");
    this.#emit("fresh");
  }

  /** Lines, newest first; then contacts whom nobody has written to yet. */
  get list() {
    const lines = [...this.lines.values()].sort((a, b) => (a.updatetime < b.updatetime ? 1 : -1));
    const silent = [...this.contacts.values()].filter((contact) => !this.lines.has(contact.roomid));
    return { lines, silent };
  }

  /** How many messages wait to be read. */
  get unread() {
    return [...this.lines.values()].reduce((sum, line) => sum + line.unread, 0);
  }

  /** Marks a room as read, here at once and then on the server. */
  read(roomid, roomseq) {
    const line = this.lines.get(roomid);
    if (!line?.unread || this.#jiayi.status !== "online") return;
    line.unread = 0;
    this.#jiayi.read(roomid, roomseq);
    this.#emit("change");
  }

  /** Marks a notice as read. */
  readNotice(line) {
    if (!line.unread) return;
    line.unread = 0;
    this.#jiayi.say("C2S_READ", { messageid: line.messageid });
    this.#emit("change");
  }

  /** How far anybody else has read a room. */
  readUpTo(roomid) {
    return Math.max(0, ...(this.marks.get(roomid)?.values() ?? []));
  }

  #take({ type, data }) {
    switch (type) {
      case "S2C_READ_PUSH": return this.#mark(data);
      case "S2C_RECALL_PUSH": return this.#recalled(data);
      case "S2C_SIGNED_PUSH": case "S2C_UNSIGNED_PUSH":
        this.load();
        return this.#emit("contract", data);
      case "S2C_TEAMMEMBER_ENTER": case "S2C_TEAMMEMBER_LEAVE":
        this.load();
        return this.#emit("members", data);
      case "S2C_FRIENDAPPLY_PUSH": case "S2C_FRIENDACCEPT_PUSH":
        this.load();
        return this.#emit("friend", data);
      default:
        if (type.startsWith("S2C_VIDEOCALL_")) return this.#emit("call", { type, data });
        if (data.messageid) return this.#line(data, type);
    }
  }

  #line(line, type) {
    this.lines.set(keyOf(line), line);
    this.#emit("change");
    this.#emit("news", { line, type });
    if (line.data?.roomid && line.data.dialogid) this.#emit("dialog", dialogOf(line));
  }

  /** One's own message has arrived: it is the room's newest. */
  #sent({ body, answer }) {
    if (!answer.roomid || !answer.dialogid) return;
    const dialog = { ...answer, from: this.#jiayi.me, kind: body.kind ?? "text", body: body.body, clientid: body.clientid,
      createtime: new Date().toISOString(), recalled: false };
    const known = this.lines.get(answer.roomid);
    if (known && known.data.roomseq < answer.roomseq) {
      const content = dialog.kind === "text" ? body.body : known.content;
      this.lines.set(answer.roomid, { ...known, content, updatetime: dialog.createtime, data: { ...known.data, ...dialog } });
      this.#emit("change");
    } else if (!known) {
      this.load();
    }
    this.#emit("dialog", dialog);
  }

  #mark({ roomid, uid, roomseq, messageid }) {
    if (messageid) {
      const notice = this.lines.get(messageid);
      if (notice) notice.unread = 0;
      return this.#emit("change");
    }
    if (uid === this.#jiayi.me.uid) {
      const line = this.lines.get(roomid);
      if (!line) return;
      if (roomseq < line.data.roomseq) return void this.load();
      line.unread = 0;
      return this.#emit("change");
    }
    const marks = this.marks.get(roomid) ?? new Map();
    marks.set(uid, Math.max(roomseq, marks.get(uid) ?? 0));
    this.marks.set(roomid, marks);
    this.#emit("mark", { roomid });
  }

  #recalled({ roomid, dialogid }) {
    const line = this.lines.get(roomid);
    if (line?.data.dialogid === dialogid) this.load();
    this.#emit("recall", { roomid, dialogid });
  }

  #word({ type, data }) {
    switch (type) {
      case "S2C_TYPING_PUSH": return this.#emit("typing", data);
      case "S2C_PRESENCE_PUSH":
        for (const contact of this.contacts.values()) if (contact.uid === data.uid) contact.online = data.online;
        this.#emit("presence", data);
        return this.#emit("change");
      case "S2C_DELIVERY_PUSH": {
        if (data.state !== "delivered") return;
        this.delivered.set(data.roomid, Math.max(data.roomseq, this.delivered.get(data.roomid) ?? 0));
        return this.#emit("mark", data);
      }
    }
  }

  #emit(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** Tells with whom a contract in force allows one to write. */
function whoIsBound(me, teams, contracts) {
  if (me.role === "doctor") {
    const residents = new Set(contracts.map(({ uid }) => uid));
    return (uid) => residents.has(uid);
  }
  const known = new Map(teams.map(({ stid, doctors }) => [stid, doctors.map(({ uid }) => uid)]));
  // Of a team in another community one does not know who is in it: the server decides.
  return (uid) => contracts.some(({ stid, doctoruid }) => doctoruid === uid || (known.get(stid)?.includes(uid) ?? true));
}

/** The rooms of one's teams: their contacts are the team's other doctors, in one room. */
function teamRooms(contacts, teams) {
  const rooms = Map.groupBy(contacts.filter(({ kind }) => kind === "teammate"), ({ roomid }) => roomid);
  return [...rooms].map(([roomid, colleagues]) => {
    const team = teams.find(({ doctors }) => colleagues.every(({ uid }) => doctors.some((doctor) => doctor.uid === uid)));
    return [roomid, { roomid, kind: "teammate", name: team?.name ?? "", stid: team?.stid }];
  });
}

/** What a line is known by. */
export function keyOf(line) {
  return line.data?.roomid ?? line.messageid;
}

/** The message that a line shows. */
function dialogOf({ data, updatetime }) {
  return { recalled: false, createtime: updatetime, ...data };
}
