// The client library of jiayi: log in, stay connected, receive every push once and in order, send without
// doubles. README.md and docs/client.md describe it for app developers; calls.js adds video calls.

import { openChannel } from "./channel.js";
import { Connection } from "./connection.js";
import { Endpoint } from "./endpoint.js";
import { findLogin, logIn, SavedLogin, register } from "./identity.js";
import { Requests } from "./requests.js";
import { SingleTab, Tabs } from "./tabs.js";

export { JiayiError } from "./errors.js";
export { randomId } from "./random.js";

/**
 * @typedef {import("./endpoint.js").Options} Options
 * @typedef {import("./endpoint.js").Adapter} Adapter
 * @typedef {import("./identity.js").Role} Role
 * @typedef {import("./identity.js").Me} Me
 * @typedef {import("./connection.js").Envelope} Envelope
 * @typedef {import("./connection.js").Status} Status
 *
 * @typedef {object} JiayiEvents
 * @property {Envelope} push a durable push, in order and once in each tab
 * @property {Envelope} ephemeral something that is not kept: typing, presence, signals of calls
 * @property {null} resync pushes may be missing: read your lists again
 * @property {Status} status
 * @property {{path: string, body: any, answer: any}} sent a message of this login, sent by any tab
 * @property {any} broadcast what another tab of this login has sent by `broadcast`
 */

/** Somebody who is logged in. Its events are `JiayiEvents`. */
export class Jiayi extends Requests {
  /** @type {Status} */ status = "stopped";
  /** @type {Connection|null} */ #connection = null;
  /** @type {Tabs|SingleTab|null} */ #tabs = null;
  /** @type {import("./channel.js").Channel|null} */ #logins = null;
  #unwatchNetwork = () => {};
  #lastPush = 0;
  #saved;

  /** @param {Endpoint} endpoint @param {Me} me */
  constructor(endpoint, me) {
    super(endpoint, me);
    this.#saved = new SavedLogin(endpoint.adapter, me);
  }

  /**
   * Logs in.
   * @param {Role} role @param {string} account @param {string} password @param {Options} [options]
   */
  static async login(role, account, password, options) {
    const endpoint = new Endpoint(options);
    return new Jiayi(endpoint, await logIn(endpoint, role, account, password));
  }

  /**
   * Makes a resident's account and logs it in.
   * @param {import("./identity.js").Registration} fields @param {Options} [options]
   */
  static async register(fields, options) {
    const endpoint = new Endpoint(options);
    return new Jiayi(endpoint, await register(endpoint, fields));
  }

  /**
   * Goes on with an earlier login: that of this browser, or that of `options.token`. Null if it has ended.
   * @param {Role} role @param {Options} [options]
   * @returns {Promise<Jiayi|null>}
   */
  static async resume(role, options) {
    const endpoint = new Endpoint(options);
    const me = await findLogin(endpoint, role);
    return me && new Jiayi(endpoint, me);
  }

  /** Connects and stays connected, or shares the connection of another tab. */
  connect() {
    const { role, uid } = this.me;
    const connection = this.#makeConnection();
    this.#connection = connection;
    const { adapter } = this.endpoint;
    const tabs = new (adapter.sharesLogin ? Tabs : SingleTab)(`jiayi:${role}:${uid}`, {
      onLead: () => connection.start(),
      onYield: () => connection.stop(),
      onMessage: (message) => this.#onMessage(message),
    });
    this.#tabs = tabs;
    tabs.send({ joined: true });
    if (adapter.sharesLogin) this.#watchLogins();
    this.#unwatchNetwork = adapter.watchNetwork?.((online) => this.#onNetwork(online)) ?? (() => {});
  }

  #makeConnection = () => {
    const { role, uid } = this.me;
    return new Connection({
      open: (listener) => this.endpoint.openSocket(listener),
      registration: () => ({ type: role, uid, deviceid: this.#saved.deviceId, ...this.#credentials() }),
      // What this tab has shown: another one that took its place may have taken in more.
      since: () => this.#lastPush || this.since,
      onPush: (envelope) => {
        this.#share({ push: envelope });
        this.#saved.since = envelope.seq ?? 0;
      },
      onEphemeral: (envelope) => this.#share({ ephemeral: envelope }),
      onResync: (seq) => {
        this.#saved.since = seq;
        this.#share({ resync: seq });
      },
      onStatus: (status) => this.#share({ status }),
    });
  };

  #credentials = () => {
    const { platform } = this.endpoint.adapter;
    return this.token === null ? { platform } : { platform, token: this.token };
  };

  /** Ends when somebody else logs in under this role in the same browser. */
  #watchLogins = () => {
    this.#logins = openChannel(`jiayi:${this.me.role}`);
    this.#logins.onmessage = ({ data }) =>
      data.entered && data.entered !== this.me.uid && this.#end("signedout");
  };

  /** @param {boolean} online */
  #onNetwork = (online) => {
    if (online) this.#connection?.retryNow();
    else this.#connection?.drop();
  };

  /** The number of the newest push that was taken in; null before the first. */
  get since() {
    return this.#saved.since;
  }

  /** Takes the connection back, after the status `replaced`. */
  takeOver() {
    if (this.leads) this.#connection?.start();
    else this.#tabs?.send({ takeOver: true });
  }

  /**
   * Tries at once what would be tried later, and sees whether the server still answers: for an app that comes
   * back to the foreground.
   */
  retryNow() {
    super.retryNow();
    if (this.leads) this.#connection?.retryNow();
  }

  /** Ends the connection. The login stays. */
  disconnect() {
    this.#end("stopped");
  }

  /** Logs out. The token is void at once, everywhere. */
  async logout() {
    await this.post("logout", {});
    this.#saved.forget();
    this.#tabs?.send({ status: "signedout" });
    this.#end("signedout");
  }

  /**
   * Sends a command on the connection, wherever it is. It is lost if there is none.
   * @param {string} type `C2S_…` @param {object} data
   */
  sendCommand(type, data) {
    if (this.leads) this.#connection?.send(type, data);
    else this.#tabs?.send({ command: { type, data } });
  }

  /** Marks a room as read up to a message. @param {string} roomid @param {number} roomseq */
  markRead(roomid, roomseq) {
    this.sendCommand("C2S_READ", { roomid, roomseq });
  }

  /** Tells the others in a room that this person is typing. @param {string} roomid */
  typing(roomid) {
    this.sendCommand("C2S_TYPING", { roomid });
  }

  /** Sends something to the other tabs of this login, as the event `broadcast`. @param {any} message */
  broadcast(message) {
    this.#tabs?.send({ broadcast: message });
  }

  /** Whether this tab holds the connection, for itself and for the others of this login. */
  get leads() {
    return Boolean(this.#tabs?.leads);
  }

  /** @override @param {{path: string, body: any, answer: any}} sent */
  onSent(sent) {
    this.#share({ sent });
  }

  /** @override */
  onUnauthorized() {
    this.#end("signedout");
  }

  /** Tells this tab and all others. @param {object} message */
  #share = (message) => {
    this.#tabs?.send(message);
    this.#onMessage(message);
  };

  /** @param {object} message an object with one field, which says what it is */
  #onMessage = (message) => {
    const [[name, detail]] = Object.entries(message);
    switch (name) {
      case "push":
        if (detail.seq <= this.#lastPush) return;
        this.#lastPush = detail.seq;
        return this.emit("push", detail);
      case "resync":
        this.#lastPush = detail;
        return this.emit("resync", null);
      case "status":
        return this.#setStatus(detail);
      case "joined":
        return this.leads && this.#tabs?.send({ status: this.status });
      case "command":
        return this.leads && this.#connection?.send(detail.type, detail.data);
      case "takeOver":
        return this.leads && this.#connection?.start();
      default:
        return this.emit(/** @type {keyof JiayiEvents} */ (name), detail);
    }
  };

  /** @param {Status} status */
  #setStatus = (status) => {
    if (status === this.status) return;
    this.status = status;
    if (status === "online") super.retryNow();
    this.emit("status", status);
  };

  /** @param {Status} status */
  #end = (status) => {
    this.#connection?.stop(status);
    this.#setStatus(status);
    this.#unwatchNetwork();
    this.#tabs?.close();
    this.#logins?.close();
  };
}
