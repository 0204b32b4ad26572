// What a login asks of the server over HTTP: reading, changing, sending without doubles.
// It knows nothing of connections.

import { query } from "./endpoint.js";
import { JiayiError } from "./errors.js";
import { Emitter } from "./events.js";
import { Outbox } from "./outbox.js";
import { randomId } from "./random.js";

/**
 * @typedef {Record<string, string|number|null|undefined>} Fields
 *
 * @typedef {object} Message
 * @property {any} body
 * @property {string} [kind] `text` if left out
 * @property {string} [clientid] made if left out
 * @property {string} [touid]
 * @property {string} [roomid]
 * @property {string} [stid]
 * @property {string} [dialogid]
 * @property {number} [quote] the `roomseq` of an earlier message of the room
 * @property {{kind: string, body: any}[]} [attachments] files that go with an answer from the duty desk
 */

/** @extends {Emitter<import("./jiayi.js").JiayiEvents>} */
export class Requests extends Emitter {
  /** @type {import("./identity.js").Me} */ me;
  /** @type {import("./endpoint.js").Endpoint} */ endpoint;
  /** @type {Map<string, Outbox>} */ #outboxes = new Map();

  /** @param {import("./endpoint.js").Endpoint} endpoint @param {import("./identity.js").Me} me */
  constructor(endpoint, me) {
    super();
    this.endpoint = endpoint;
    this.me = me;
  }

  /** The token of this login, to be kept for the next start; null if it is in a cookie. */
  get token() {
    return this.endpoint.token;
  }

  /**
   * Reads something.
   * @param {string} path below the role's own (`message/list`), or absolute (`/social/signed2`)
   * @param {Fields} [fields] of the query
   * @returns {Promise<any>}
   * @throws {JiayiError}
   */
  get(path, fields) {
    return this.#checked(
      this.endpoint.request("GET", this.#path(path) + query(fields), undefined, this.me.role),
    );
  }

  /**
   * Reads every item of a list, page by page.
   * @param {string} path
   * @param {Fields} [fields]
   * @returns {Promise<any[]>}
   */
  async all(path, fields = {}) {
    const items = [];
    for (let before = undefined; ;) {
      const page = await this.get(path, { limit: 200, ...fields, before });
      items.push(...page.items);
      if (page.next === null || page.next === undefined) return items;
      before = page.next;
    }
  }

  /**
   * Changes something. It is tried once.
   * @param {string} path
   * @param {object|FormData} body
   * @returns {Promise<any>}
   * @throws {JiayiError}
   */
  post(path, body) {
    return this.#checked(this.endpoint.request("POST", this.#path(path), body, this.me.role));
  }

  /**
   * Uploads a file, which a message may then name.
   * @param {any} file what the adapter takes: a `Blob`, or a path in a mini-program
   * @param {string} [name]
   * @returns {Promise<{fileid: string, kind: string, size: number}>}
   * @throws {JiayiError}
   */
  upload(file, name) {
    return this.#checked(this.endpoint.upload(this.#path("file"), file, name, this.me.role));
  }

  /**
   * Sends a message that must arrive exactly once. It is repeated under one `clientid` until the server has
   * answered, in the order of the calls for each path and recipient.
   * @param {string} path
   * @param {Message} body
   * @returns {Promise<any>}
   * @throws {JiayiError}
   */
  async send(path, body) {
    const message = { clientid: randomId(), ...body };
    const answer = await this.#outbox(path, body).add(() => this.post(path, message));
    this.onSent({ path, body: message, answer });
    return answer;
  }

  /** @param {string} path @param {Message} recipient */
  #outbox = (path, { touid, roomid, stid, dialogid }) => {
    const key = `${path} ${touid ?? roomid ?? stid ?? dialogid}`;
    const outbox = this.#outboxes.get(key) ?? new Outbox();
    this.#outboxes.set(key, outbox);
    return outbox;
  };

  /**
   * Posts something while the page is being closed. Nobody waits for the answer.
   * @param {string} path @param {object} body
   */
  postOnExit(path, body) {
    this.endpoint.postOnExit(this.#path(path), body, this.me.role);
  }

  /** The whole address of a path. @param {string} path */
  url(path) {
    return this.endpoint.url(this.#path(path));
  }

  /** The headers that a request of one's own needs, such as the download of a file. */
  get headers() {
    return this.endpoint.headers(this.me.role);
  }

  /** Sends what waits for the server: it can be reached again. */
  retryNow() {
    this.#outboxes.forEach((outbox) => outbox.retryNow());
  }

  /** Called after a message was sent. @param {{path: string, body: any, answer: any}} _sent */
  onSent(_sent) {}

  /** Called when the server has refused the token. */
  onUnauthorized() {}

  /** @param {string} path */
  #path = (path) => {
    return path.startsWith("/") ? path : `/${this.me.role}/${path}`;
  };

  /** @template T @param {Promise<T>} answer @returns {Promise<T>} */
  #checked = async (answer) => {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof JiayiError && error.status === 401) this.onUnauthorized();
      throw error;
    }
  };
}
