// The client library of jiayi: log in, stay connected, hear every push once and in order, send
// without doubles, call. docs/client.md describes it for app developers.

import { Connection } from "./connection.js";
import { JiayiError, Outbox, query, randomId, request } from "./http.js";
import { Tabs } from "./tabs.js";

export { Call, Calls } from "./call.js";
export { JiayiError, randomId };

/**
 * @typedef {"user"|"doctor"|"admin"} Role
 * @typedef {{uid: string, role: Role, name: string, communityid?: string, title?: string,
 *   onduty?: boolean, teams?: string[]}} Me
 * @typedef {import("./connection.js").Status} Status
 */

/**
 * Somebody who is logged in. Events, all `CustomEvent`s:
 * `push` with a durable envelope `{type, seq, data}`, in order and once in each tab;
 * `word` with a fleeting envelope `{type, data}`;
 * `fresh`: pushes may be missing, read your lists anew;
 * `status` with a `Status`; `sent` with `{path, body, answer}` of any tab;
 * `say` with what another tab said by `tell`.
 */
export class Jiayi extends EventTarget {
  /** @type {Me} */ me;
  /** @type {Status} */ status = "stopped";
  #connection = null;
  #tabs = null;
  #outboxes = new Map();
  #others = null;
  #taken = 0;

  /** @param {Me} me */
  constructor(me) {
    super();
    this.me = me;
  }

  /**
   * Logs in. The token stays in a cookie that scripts cannot read.
   * @param {Role} role @param {string} account @param {string} password
   */
  static async login(role, account, password) {
    const { uid, name } = await request("POST", `/${role}/login`, { account, password });
    return Jiayi.#enter({ uid, role, name });
  }

  /**
   * Makes a resident's account and logs it in.
   * @param {{phone: string, password: string, name: string, communityid?: string}} fields
   */
  static async register(fields) {
    const { uid, role, name } = await request("POST", "/user/register", fields);
    return Jiayi.#enter({ uid, role, name });
  }

  /**
   * Who is logged in in this browser already; null where nobody is.
   * @param {Role} role
   * @returns {Promise<Jiayi|null>}
   */
  static async resume(role) {
    const kept = JSON.parse(localStorage.getItem(`jiayi:${role}`) ?? "null");
    try {
      if (role !== "admin") return new Jiayi(await request("GET", `/${role}/me`));
      await request("GET", "/admin/stats");
    } catch (error) {
      if (error.status === 401) return null;
      if (role !== "admin" || error.passing) throw error;
    }
    return kept && new Jiayi(kept);
  }

  static async #enter(me) {
    localStorage.setItem(`jiayi:${me.role}`, JSON.stringify(me));
    // A tab that still shows somebody else of this role must not act in this one's name.
    const channel = new BroadcastChannel(`jiayi:${me.role}`);
    channel.postMessage({ entered: me.uid });
    channel.close();
    return (await Jiayi.resume(me.role)) ?? new Jiayi(me);
  }

  /** Connects, or shares the connection of another tab. */
  connect() {
    const { role, uid } = this.me;
    this.#connection = new Connection({
      registration: () => ({ type: role, uid, deviceid: deviceId(), platform: "web" }),
      since: () => this.since,
      push: (envelope) => { this.#share({ push: envelope }); this.#keep(envelope.seq); },
      word: (envelope) => this.#share({ word: envelope }),
      fresh: (seq) => { this.#keep(seq); this.#share({ fresh: seq }); },
      status: (status) => this.#share({ status }),
    });
    this.#tabs = new Tabs(`jiayi:${role}:${uid}`, {
      lead: () => this.#connection.start(),
      step: () => this.#connection.stop(),
      hear: (message) => this.#hear(message),
    });
    this.#tabs.say({ joined: true });
    this.#others = new BroadcastChannel(`jiayi:${role}`);
    this.#others.onmessage = ({ data }) => data.entered && data.entered !== uid && this.#leave("signedout");
    addEventListener("online", () => this.#connection.hurry());
  }

  /** The newest push that this browser has taken in for the account; null before the first. */
  get since() {
    const kept = localStorage.getItem(this.#sinceKey);
    return kept === null ? null : Number(kept);
  }

  /** After `replaced`: takes the connection back to this browser. */
  takeOver() {
    this.#tabs.leads ? this.#connection.start() : this.#tabs.say({ takeover: true });
  }

  /** Logs out: the token is void at once. */
  async logout() {
    await this.post("logout", {});
    localStorage.removeItem(this.#sinceKey);
    localStorage.removeItem(`jiayi:${this.me.role}`);
    this.#tabs?.say({ status: "signedout" });
    this.#leave("signedout");
  }

  /** @param {string} path below one's role (`message/list`), or absolute (`/social/signed2`) */
  get(path, fields) {
    return this.#ask("GET", this.url(path) + query(fields));
  }

  /** Every item of a list, page after page. */
  async all(path, fields = {}) {
    const items = [];
    for (let before; ;) {
      const page = await this.get(path, { limit: 200, ...fields, before });
      items.push(...page.items);
      if (page.next === null || page.next === undefined) return items;
      before = page.next;
    }
  }

  post(path, body) {
    return this.#ask("POST", this.url(path), body);
  }

  /**
   * Sends what must arrive exactly once: repeated under one `clientid` until the server has
   * answered, in the order of the calls for each `path` and receiver.
   */
  async send(path, body) {
    const message = { clientid: randomId(), ...body };
    const to = `${path} ${body.touid ?? body.roomid ?? body.stid ?? body.dialogid}`;
    if (!this.#outboxes.has(to)) this.#outboxes.set(to, new Outbox());
    const answer = await this.#outboxes.get(to).put(() => this.post(path, message));
    this.#share({ sent: { path, body: message, answer } });
    return answer;
  }

  /** The address of a path below one's role. */
  url(path) {
    return path.startsWith("/") ? path : `/${this.me.role}/${path}`;
  }

  /** Posts what must go out although the page is being closed; no answer is heard. */
  leaveWord(path, body) {
    const headers = { "content-type": "application/json" };
    fetch(this.url(path), { method: "POST", body: JSON.stringify(body), headers, keepalive: true }).catch(() => {});
  }

  /** Says something on the connection, wherever it is; it may be lost. */
  say(type, data) {
    this.#tabs.leads ? this.#connection.say(type, data) : this.#tabs.say({ saying: { type, data } });
  }

  /** Marks a room as read up to a message. */
  read(roomid, roomseq) {
    this.say("C2S_READ", { roomid, roomseq });
  }

  /** Tells the others in a room that one is typing. */
  typing(roomid) {
    this.say("C2S_TYPING", { roomid });
  }

  /** Tells the other tabs of this login something of one's own. */
  tell(message) {
    this.#tabs.say({ say: message });
  }

  async #ask(method, path, body) {
    try {
      return await request(method, path, body);
    } catch (error) {
      if (error.status === 401) this.#leave("signedout");
      throw error;
    }
  }

  /** Tells this tab and all others. */
  #share(message) {
    this.#tabs.say(message);
    this.#hear(message);
  }

  #hear(message) {
    const [[name, detail]] = Object.entries(message);
    switch (name) {
      case "push":
        if (detail.seq <= this.#taken) return;
        this.#taken = detail.seq;
        return this.#emit("push", detail);
      case "fresh":
        this.#taken = detail;
        return this.#emit("fresh", null);
      case "status": return this.#setStatus(detail);
      case "joined": return this.#tabs.leads && this.#tabs.say({ status: this.status });
      case "saying": return this.#tabs.leads && this.#connection.say(detail.type, detail.data);
      case "takeover": return this.#tabs.leads && this.#connection.start();
      default: return this.#emit(name, detail);
    }
  }

  #setStatus(status) {
    if (status === this.status) return;
    this.status = status;
    if (status === "online") this.#outboxes.forEach((outbox) => outbox.wake());
    this.#emit("status", status);
  }

  #leave(status) {
    this.#connection?.stop(status);
    this.#setStatus(status);
    this.#tabs?.close();
    this.#others?.close();
  }

  #keep(seq) {
    localStorage.setItem(this.#sinceKey, String(seq));
  }

  get #sinceKey() {
    return `jiayi:${this.me.role}:${this.me.uid}:since`;
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** What names this browser to the server; made once. */
function deviceId() {
  const kept = localStorage.getItem("jiayi:deviceid") ?? `web-${randomId()}`;
  localStorage.setItem("jiayi:deviceid", kept);
  return kept;
}
