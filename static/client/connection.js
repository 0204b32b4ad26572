// One connection to the server, kept up: it registers, hands on durable pushes in order and once, acknowledges
// them, notices silence, and comes back after a break. It knows nothing of tabs.

import { backoff } from "./random.js";

const SILENCE = 40_000; // ms without a word of the server before it is asked for one
const PATIENCE = 10_000; // ms to wait for that, and for a connection to open
const ACK_DELAY = 100; // ms in which pushes are acknowledged together
const TIMERS = /** @type {const} */ (["open", "retry", "silence", "ack"]);

/**
 * @typedef {object} Envelope
 * @property {string} type `S2C_…`
 * @property {number} [seq] the number of a durable push
 * @property {any} data
 *
 * @typedef {"connecting"|"online"|"waiting"|"replaced"|"signedout"|"stopped"} Status
 *
 * @typedef {object} ConnectionOptions
 * @property {(listener: import("./endpoint.js").SocketListener) => import("./endpoint.js").Socket} open
 * @property {() => object} registration the data of `C2S_REGISTER_REQ` without `since`
 * @property {() => number|null} since the newest push that was taken in
 * @property {(envelope: Envelope) => void} onPush a durable push, in order and once
 * @property {(envelope: Envelope) => void} onEphemeral anything that is not kept
 * @property {(seq: number) => void} onResync what came before `seq` is not replayed
 * @property {(status: Status) => void} onStatus
 */

export class Connection {
  /** @type {import("./endpoint.js").Socket|null} */ #socket = null;
  #isOpen = false;
  #tries = 0;
  #since = 0;
  #isFirst = true; // nothing was taken in before
  /** @type {Record<typeof TIMERS[number], any>} */ #timers = { open: 0, retry: 0, silence: 0, ack: 0 };
  #options;

  /** @param {ConnectionOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** Connects, and stays connected until `stop`, or until another device takes over. */
  start() {
    this.#close();
    this.#options.onStatus("connecting");
    this.#timers.open = setTimeout(() => this.#lost(), PATIENCE);
    const socket = this.#options.open({
      opened: () => socket === this.#socket && this.#register(),
      received: (text) => socket === this.#socket && this.#onMessage(JSON.parse(text)),
      closed: (code, reason) => socket === this.#socket && this.#onClose(code, reason),
    });
    this.#socket = socket;
  }

  /** Ends it. @param {Status} [status] told to the owner, if given */
  stop(status) {
    this.#close();
    if (status) this.#options.onStatus(status);
  }

  /** Connects now if it would later, and asks for a sign of life if it is connected. */
  retryNow() {
    if (this.#timers.retry) this.start();
    else if (this.#isOpen && !this.#timers.open) this.#askForLife();
  }

  /** Gives the connection up: the network is gone. */
  drop() {
    if (this.#socket) this.#lost();
  }

  /**
   * Sends a command. Returns whether there was a connection.
   * @param {string} type `C2S_…` @param {object} data
   */
  send(type, data) {
    if (!this.#isOpen) return false;
    this.#socket?.send(JSON.stringify({ type, data }));
    return true;
  }

  #register = () => {
    this.#isOpen = true;
    const since = this.#options.since();
    this.#isFirst = since === null;
    this.#since = since ?? 0;
    this.send("C2S_REGISTER_REQ", { ...this.#options.registration(), ...(since === null ? {} : { since }) });
  };

  /** @param {Envelope} envelope */
  #onMessage = (envelope) => {
    this.#watchSilence();
    const { type, data, seq } = envelope;
    if (seq !== undefined) return this.#onPush(envelope, seq);
    switch (type) {
      case "S2C_REGISTER_RES":
        return this.#onRegistered(data);
      case "S2C_SYNC_RES":
        return;
      case "S2C_ERROR":
        if (this.#timers.open && data.code === "FA_AUTH") return this.stop("signedout");
        if (this.#timers.open) return this.#lost();
        return this.#options.onEphemeral(envelope);
      default:
        return this.#options.onEphemeral(envelope);
    }
  };

  /** @param {{seq: number, recovered: boolean}} answer */
  #onRegistered = ({ seq, recovered }) => {
    clearTimeout(this.#timers.open);
    this.#timers.open = 0;
    this.#tries = 0;
    const resync = this.#isFirst || !recovered;
    if (resync) this.#since = seq;
    this.#options.onStatus("online");
    if (resync) this.#options.onResync(seq);
  };

  /** @param {Envelope} envelope @param {number} seq */
  #onPush = (envelope, seq) => {
    if (seq <= this.#since) return;
    if (seq > this.#since + 1) return void this.send("C2S_SYNC_REQ", { since: this.#since, limit: 200 });
    this.#since = seq;
    this.#options.onPush(envelope);
    this.#timers.ack ||= setTimeout(() => {
      this.#timers.ack = 0;
      this.send("C2S_ACK", { seq: this.#since });
    }, ACK_DELAY);
  };

  #watchSilence = () => {
    clearTimeout(this.#timers.silence);
    this.#timers.silence = setTimeout(() => this.#askForLife(), SILENCE);
  };

  /** A server that lives answers this at once. */
  #askForLife = () => {
    clearTimeout(this.#timers.silence);
    this.send("C2S_SYNC_REQ", { since: this.#since, limit: 1 });
    this.#timers.silence = setTimeout(() => this.#lost(), PATIENCE);
  };

  /** @param {number} [code] @param {string} [reason] */
  #onClose = (code, reason) => {
    this.#isOpen = false;
    switch (code) {
      case 4001:
        return this.stop("replaced");
      case 1000:
        // Perhaps another tab of this browser, which then says so.
        return void (this.#timers.retry = setTimeout(() => this.stop("replaced"), 500));
      case 4003:
        return this.stop("signedout");
      case 4010:
        return this.#retryIn(Math.random() * retryAfter(reason) * 1000);
      case 4009:
        return this.#retryIn(0);
      default:
        return this.#lost();
    }
  };

  #lost = () => {
    this.#retryIn(backoff(this.#tries++));
  };

  /** @param {number} milliseconds */
  #retryIn = (milliseconds) => {
    this.#close();
    this.#options.onStatus("waiting");
    this.#timers.retry = setTimeout(() => this.start(), milliseconds);
  };

  #close = () => {
    for (const name of TIMERS) {
      clearTimeout(this.#timers[name]);
      this.#timers[name] = 0;
    }
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = false;
    socket?.close();
  };
}

/** The seconds that the reason of a 4010 names. @param {string} [reason] */
function retryAfter(reason) {
  try {
    return Number(JSON.parse(reason ?? "").retryafter) || 1;
  } catch {
    return 1;
  }
}
