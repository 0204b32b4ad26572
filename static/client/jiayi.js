// The client library of jiayi: log in, stay connected, hear every push once and in order, send
// without doubles, call. docs/client.md describes it for app developers.

import { Connection } from "./connection.js";
import { deviceId, find, forget, keepSince, keptSince, logIn, register } from "./identity.js";
import { JiayiError, randomId } from "./http.js";
import { Requests } from "./requests.js";
import { Tabs } from "./tabs.js";

export { Call, Calls } from "./call.js";
export { JiayiError, randomId };

/**
 * @typedef {import("./identity.js").Role} Role
 * @typedef {import("./identity.js").Me} Me
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
export class Jiayi extends Requests {
  /** @type {Status} */ status = "stopped";
  /** @type {Connection|null} */ #connection = null;
  /** @type {Tabs|null} */ #tabs = null;
  /** @type {BroadcastChannel|null} */ #others = null;
  #taken = 0;

  /**
   * Logs in. The token stays in a cookie that scripts cannot read.
   * @param {Role} role @param {string} account @param {string} password
   */
  static async login(role, account, password) {
    return new Jiayi(await logIn(role, account, password));
  }

  /**
   * Makes a resident's account and logs it in.
   * @param {{phone: string, password: string, name: string, communityid?: string}} fields
   */
  static async register(fields) {
    return new Jiayi(await register(fields));
  }

  /**
   * Who is logged in in this browser already; null where nobody is.
   * @param {Role} role
   * @returns {Promise<Jiayi|null>}
   */
  static async resume(role) {
    const me = await find(role);
    return me && new Jiayi(me);
  }

  /** Connects, or shares the connection of another tab. */
  connect() {
    const { role, uid } = this.me;
    const connection = new Connection({
      registration: () => ({ type: role, uid, deviceid: deviceId(), platform: "web" }),
      since: () => this.since,
      push: (envelope) => { this.#share({ push: envelope }); keepSince(this.me, envelope.seq ?? 0); },
      word: (envelope) => this.#share({ word: envelope }),
      fresh: (seq) => { keepSince(this.me, seq); this.#share({ fresh: seq }); },
      status: (status) => this.#share({ status }),
    });
    this.#connection = connection;
    const tabs = new Tabs(`jiayi:${role}:${uid}`, {
      lead: () => connection.start(),
      step: () => connection.stop(),
      hear: (message) => this.#hear(message),
    });
    this.#tabs = tabs;
    tabs.say({ joined: true });
    this.#others = new BroadcastChannel(`jiayi:${role}`);
    this.#others.onmessage = ({ data }) => data.entered && data.entered !== uid && this.#leave("signedout");
    addEventListener("online", () => connection.hurry());
    addEventListener("offline", () => connection.interrupt());
  }

  /** The newest push that this browser has taken in for the account; null before the first. */
  get since() {
    return keptSince(this.me);
  }

  /** After `replaced`: takes the connection back to this browser. */
  takeOver() {
    this.#leads ? this.#connection?.start() : this.#tabs?.say({ takeover: true });
  }

  /** Logs out: the token is void at once. */
  async logout() {
    await this.post("logout", {});
    forget(this.me);
    this.#tabs?.say({ status: "signedout" });
    this.#leave("signedout");
  }

  /**
   * Says something on the connection, wherever it is; it may be lost.
   * @param {string} type `C2S_…` @param {object} data
   */
  say(type, data) {
    this.#leads ? this.#connection?.say(type, data) : this.#tabs?.say({ saying: { type, data } });
  }

  /** Marks a room as read up to a message. @param {string} roomid @param {number} roomseq */
  read(roomid, roomseq) {
    this.say("C2S_READ", { roomid, roomseq });
  }

  /** Tells the others in a room that one is typing. @param {string} roomid */
  typing(roomid) {
    this.say("C2S_TYPING", { roomid });
  }

  /** Tells the other tabs of this login something of one's own; they hear it as `say`. @param {any} message */
  tell(message) {
    this.#tabs?.say({ say: message });
  }

  /** Whether this tab holds the connection. */
  get #leads() {
    return Boolean(this.#tabs?.leads);
  }

  /** Tells every tab what one of them has sent. @param {object} what */
  sent(what) {
    this.#share({ sent: what });
  }

  /** The token is void: so it is for every tab that asks. */
  refused() {
    this.#leave("signedout");
  }

  /** Tells this tab and all others. */
  #share(message) {
    this.#tabs?.say(message);
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
      case "joined": return this.#leads && this.#tabs?.say({ status: this.status });
      case "saying": return this.#leads && this.#connection?.say(detail.type, detail.data);
      case "takeover": return this.#leads && this.#connection?.start();
      default: return this.#emit(name, detail);
    }
  }

  #setStatus(status) {
    if (status === this.status) return;
    this.status = status;
    if (status === "online") this.wake();
    this.#emit("status", status);
  }

  #leave(status) {
    this.#connection?.stop(status);
    this.#setStatus(status);
    this.#tabs?.close();
    this.#others?.close();
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
