// Sending one message after the other, each until the server has answered it.

import { JiayiError } from "./errors.js";
import { backoff } from "./random.js";

/** A queue of requests that are safe to repeat. */
export class Outbox {
  /** @type {Promise<unknown>} */ #last = Promise.resolve();
  #stopWaiting = () => {};

  /**
   * Adds a request. It is repeated until it succeeds, or is refused for good.
   * @template T
   * @param {() => Promise<T>} request
   * @returns {Promise<T>}
   */
  add(request) {
    const done = this.#last.then(() => this.#repeat(request));
    this.#last = done.catch(() => {});
    return done;
  }

  /** Ends a wait between two tries: the server can be reached again. */
  retryNow() {
    this.#stopWaiting();
  }

  /**
   * @template T
   * @param {() => Promise<T>} request
   * @returns {Promise<T>}
   */
  #repeat = async (request) => {
    for (let tries = 0; ; tries++) {
      try {
        return await request();
      } catch (error) {
        if (!(error instanceof JiayiError) || !error.retryable) throw error;
        await this.#wait(Math.max(backoff(tries), error.retryAfter * 1000));
      }
    }
  };

  /** @param {number} milliseconds @returns {Promise<void>} */
  #wait = (milliseconds) => {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };
}
