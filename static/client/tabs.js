// The tabs of one browser that share a login: one of them leads and holds the connection, the
// others hear through it. A lock decides who leads; when that tab goes, the next has it at once.

const PATIENCE = 3_000; // for a sign of life of a leading tab that the system may have frozen
const AGAIN = 20_000; // a tab in sight looks again

export class Tabs {
  #name;
  #channel;
  #lead;
  #step;
  /** @type {((value?: unknown) => void)|null} */ #release = null;
  #closed = false;
  #alive = 0;
  #watch = 0;

  /**
   * @param {string} name what the tabs share
   * @param {object} on
   * @param {() => void} on.lead this tab is to hold the connection
   * @param {() => void} on.step this tab is to let go of it
   * @param {(message: any) => void} on.hear another tab says something
   */
  constructor(name, { lead, step, hear }) {
    this.#name = name;
    this.#lead = lead;
    this.#step = step;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => {
      if (data.tabs === "who leads?") return this.leads && this.say({ tabs: "I do" });
      if (data.tabs === "I do") return void (this.#alive = Date.now());
      hear(data);
    };
    this.#queue();
    document.addEventListener("visibilitychange", this.#look);
    this.#watch = setInterval(this.#look, AGAIN);
  }

  /** Whether this tab holds the connection. */
  get leads() {
    return this.#release !== null;
  }

  /** Tells all other tabs. */
  say(message) {
    if (!this.#closed) this.#channel.postMessage(message);
  }

  /** Takes no further part. */
  close() {
    this.#closed = true;
    clearInterval(this.#watch);
    document.removeEventListener("visibilitychange", this.#look);
    this.#channel.close();
    this.#release?.();
  }

  #queue(options = {}) {
    // Without locks (a page that was not served securely) each tab leads for itself.
    if (!navigator.locks) return this.#have();
    const mine = navigator.locks.request(this.#name, options, () => this.#have());
    mine.catch(() => {
      // Another tab took over while this one slept.
      this.#release = null;
      this.#step();
      if (!this.#closed) this.#queue();
    });
  }

  #have() {
    if (this.#closed) return undefined;
    const held = new Promise((resolve) => { this.#release = resolve; });
    this.#lead();
    return held;
  }

  /** The tab that one looks at must not depend on one that sleeps. */
  #look = () => {
    if (document.hidden || this.leads || !navigator.locks) return;
    const asked = Date.now();
    this.say({ tabs: "who leads?" });
    setTimeout(() => {
      if (!this.#closed && !this.leads && this.#alive < asked && !document.hidden) this.#queue({ steal: true });
    }, PATIENCE);
  };
}
