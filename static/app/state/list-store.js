// A list of the server that is read again whenever it may have changed.

import { attempt } from "../parts/feedback.js";

/** Emits `change` each time the list was read. */
export class ListStore extends EventTarget {
  items = [];
  #read;
  #waits;
  /** @type {Promise<void>|null} */ #reading = null;
  #isStale = false; // it may have changed since the last reading began
  #readAt = 0;

  /**
   * @param {() => Promise<object[]>} read
   * @param {(item: object) => boolean} waits whether an item waits for this person
   */
  constructor(read, waits = () => true) {
    super();
    this.#read = read;
    this.#waits = waits;
  }

  /** How many items wait for this person. */
  get count() {
    return this.items.filter(this.#waits).length;
  }

  /** How long ago it was read, in ms. */
  get age() {
    return performance.now() - this.#readAt;
  }

  /** Reads the list. If it is called meanwhile, it is read once more afterwards. */
  refresh() {
    this.#isStale = true;
    this.#reading ??= this.#readAgain();
    return this.#reading;
  }

  #readAgain = async () => {
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await attempt(async () => {
          this.items = await this.#read();
          this.#readAt = performance.now();
          this.dispatchEvent(new Event("change"));
        });
      }
    } finally {
      this.#reading = null;
    }
  };

  /** Reads the list now, and after each of these events. Returns the list. @param {EventTarget} emitter */
  refreshOn(emitter, ...types) {
    for (const type of types) emitter.addEventListener(type, () => this.refresh());
    this.refresh();
    return this;
  }

  /** Calls `draw` after each reading until the function that is returned is called. @param {() => void} draw */
  watch(draw) {
    this.addEventListener("change", draw);
    return () => this.removeEventListener("change", draw);
  }
}
