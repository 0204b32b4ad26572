// One WebSocket to the server, kept up: registers, hands durable pushes on in order and once,
// acknowledges them, notices silence, comes back after a break. Knows nothing of tabs.

import { backoff } from "./http.js";

const SILENCE = 40_000; // after which one asks whether the server is still there
const PATIENCE = 10_000; // for the answer to that, and for a connection to open
const ACK_DELAY = 100;

/**
 * @typedef {object} Envelope
 * @property {string} type `S2C_…`
 * @property {number} [seq] the number of a durable push
 * @property {any} data
 *
 * @typedef {"connecting"|"online"|"waiting"|"replaced"|"signedout"|"stopped"} Status
 */

export class Connection {
  /** @type {WebSocket|null} */ #socket = null;
  #tries = 0;
  #since = 0;
  #begins = true; // this browser has taken nothing in yet
  #timers = { open: 0, retry: 0, quiet: 0, ack: 0 };
  #options;

  /**
   * @param {object} options
   * @param {() => object} options.registration the data of `C2S_REGISTER_REQ` without `since`
   * @param {() => number|null} options.since the newest push taken in
   * @param {(envelope: Envelope) => void} options.push a durable push, in order and once
   * @param {(envelope: Envelope) => void} options.word anything fleeting
   * @param {(seq: number) => void} options.fresh what came before is not replayed: read the lists anew
   * @param {(status: Status) => void} options.status
   */
  constructor(options) {
    this.#options = options;
  }

  /** Connects, and stays connected until `stop` or until another takes over. */
  start() {
    this.#stopTimers();
    this.#close();
    this.#options.status("connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws`);
    this.#socket = socket;
    this.#timers.open = setTimeout(() => this.#lost(), PATIENCE);
    socket.onopen = () => this.#register();
    socket.onmessage = ({ data }) => socket === this.#socket && this.#hear(JSON.parse(data));
    socket.onclose = ({ code, reason }) => socket === this.#socket && this.#closed(code, reason);
  }

  /** Ends it; without a status, in silence. */
  stop(status) {
    this.#stopTimers();
    this.#close();
    if (status) this.#options.status(status);
  }

  /** Tries now what would be tried later. */
  hurry() {
    if (this.#timers.retry) this.start();
  }

  /** The network is gone: what is open is as good as dead. */
  interrupt() {
    if (this.#socket) this.#lost();
  }

  /** Says something; false where there is no connection to say it on. */
  say(type, data) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ type, data }));
    return true;
  }

  #register() {
    const since = this.#options.since();
    this.#begins = since === null;
    this.#since = since ?? 0;
    this.say("C2S_REGISTER_REQ", { ...this.#options.registration(), ...(since === null ? {} : { since }) });
  }

  #hear(envelope) {
    this.#watch();
    const { type, data, seq } = envelope;
    if (seq !== undefined) return this.#take(envelope, seq);
    switch (type) {
      case "S2C_REGISTER_RES": return this.#registered(data);
      case "S2C_SYNC_RES": return;
      case "S2C_ERROR":
        if (this.#timers.open && data.code === "FA_AUTH") return this.stop("signedout");
        if (this.#timers.open) return this.#lost();
        return this.#options.word(envelope);
      default: return this.#options.word(envelope);
    }
  }

  #registered({ seq, recovered }) {
    clearTimeout(this.#timers.open);
    this.#timers.open = 0;
    this.#tries = 0;
    const fresh = this.#begins || !recovered;
    if (fresh) this.#since = seq;
    this.#options.status("online");
    if (fresh) this.#options.fresh(seq);
  }

  #take(envelope, seq) {
    if (seq <= this.#since) return;
    if (seq > this.#since + 1) return this.say("C2S_SYNC_REQ", { since: this.#since, limit: 200 });
    this.#since = seq;
    this.#options.push(envelope);
    this.#timers.ack ||= setTimeout(() => {
      this.#timers.ack = 0;
      this.say("C2S_ACK", { seq: this.#since });
    }, ACK_DELAY);
  }

  /** A dead line says nothing; a living server answers at once. */
  #watch() {
    clearTimeout(this.#timers.quiet);
    this.#timers.quiet = setTimeout(() => {
      this.say("C2S_SYNC_REQ", { since: this.#since, limit: 1 });
      this.#timers.quiet = setTimeout(() => this.#lost(), PATIENCE);
    }, SILENCE);
  }

  #closed(code, reason) {
    switch (code) {
      case 4001: return this.stop("replaced");
      // Perhaps another tab of this browser, which then says so.
      case 1000: return void (this.#timers.retry = setTimeout(() => this.stop("replaced"), 500));
      case 4003: return this.stop("signedout");
      case 4010: return this.#again(Math.random() * retryAfter(reason) * 1000);
      case 4009: return this.#again(0);
      default: return this.#lost();
    }
  }

  #lost() {
    this.#again(backoff(this.#tries++));
  }

  #again(milliseconds) {
    this.#stopTimers();
    this.#close();
    this.#options.status("waiting");
    this.#timers.retry = setTimeout(() => this.start(), milliseconds);
  }

  #close() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #stopTimers() {
    for (const name of Object.keys(this.#timers)) {
      clearTimeout(this.#timers[name]);
      this.#timers[name] = 0;
    }
  }
}

/** The seconds in the reason of a 4010. */
function retryAfter(reason) {
  try {
    return Number(JSON.parse(reason).retryafter) || 1;
  } catch {
    return 1;
  }
}
