// The tabs of one browser that share a login: one of them leads and holds the connection, the others speak
// through it. A lock decides which; when that tab goes, the next one leads at once.

import { openChannel } from "./channel.js";

const PATIENCE = 3_000; // ms to wait for a leading tab, which the system may have frozen
const CHECK_EVERY = 20_000; // ms between two checks, by a tab that is in sight

/**
 * @typedef {object} TabsOptions
 * @property {() => void} onLead this tab is to hold the connection
 * @property {() => void} onYield this tab is to let go of it
 * @property {(message: any) => void} onMessage another tab has sent something
 */

/** What stands for the tabs where nobody shares the login: it leads from the beginning. */
export class SingleTab {
  leads = true;

  /** @param {string} _name @param {TabsOptions} options */
  constructor(_name, { onLead }) {
    onLead();
  }

  /** @param {any} _message */
  send(_message) {}

  close() {}
}

export class Tabs {
  #name;
  #channel;
  #options;
  /** @type {((value?: unknown) => void)|null} gives the lock back */ #release = null;
  #isClosed = false;
  #lastSign = 0;
  #timer;

  /** @param {string} name what the tabs share @param {TabsOptions} options */
  constructor(name, options) {
    this.#name = name;
    this.#options = options;
    this.#channel = openChannel(name);
    this.#channel.onmessage = ({ data }) => this.#onMessage(data);
    this.#requestLock();
    document.addEventListener("visibilitychange", this.#checkLeader);
    this.#timer = setInterval(this.#checkLeader, CHECK_EVERY);
  }

  /** Whether this tab holds the connection. */
  get leads() {
    return this.#release !== null;
  }

  /** Sends something to all other tabs. @param {any} message */
  send(message) {
    if (!this.#isClosed) this.#channel.postMessage(message);
  }

  /** Takes no further part. */
  close() {
    this.#isClosed = true;
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#checkLeader);
    this.#channel.close();
    this.#release?.();
  }

  /** @param {any} message */
  #onMessage = (message) => {
    if (message.leader === "asked") return this.leads && this.send({ leader: "here" });
    if (message.leader === "here") return void (this.#lastSign = Date.now());
    this.#options.onMessage(message);
  };

  /** @param {LockOptions} options */
  #requestLock = (options = {}) => {
    // Without locks (the page was not served securely) each tab leads for itself.
    if (!navigator.locks) return void this.#lead();
    // eslint-disable-next-line compat/compat -- it is there
    navigator.locks
      .request(this.#name, options, () => this.#lead())
      .catch(() => {
        // Another tab took the lock while this one was frozen.
        this.#release = null;
        this.#options.onYield();
        if (!this.#isClosed) this.#requestLock();
      });
  };

  /** Returns what lasts as long as this tab leads. */
  #lead = () => {
    if (this.#isClosed) return undefined;
    const held = new Promise((resolve) => (this.#release = resolve));
    this.#options.onLead();
    return held;
  };

  /** Takes the lead over from a tab that does not answer, so that the one in sight never depends on it. */
  #checkLeader = () => {
    if (document.hidden || this.leads || !navigator.locks) return;
    const asked = Date.now();
    this.send({ leader: "asked" });
    setTimeout(() => {
      if (this.#isClosed || this.leads || this.#lastSign >= asked || document.hidden) return;
      this.#requestLock({ steal: true });
    }, PATIENCE);
  };
}
