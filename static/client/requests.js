// What somebody who is logged in asks of the server: reading, changing, sending without doubles.
// Knows nothing of connections; `jiayi.js` adds them.

import { JiayiError, Outbox, query, randomId, request } from "./http.js";

/** Requests in somebody's name. */
export class Requests extends EventTarget {
  /** @type {import("./identity.js").Me} */ me;
  /** @type {Map<string, Outbox>} */ #outboxes = new Map();

  /** @param {import("./identity.js").Me} me */
  constructor(me) {
    super();
    this.me = me;
  }

  /**
   * Reads.
   * @param {string} path below one's role (`message/list`), or absolute (`/social/signed2`)
   * @param {Record<string, string|number|null|undefined>} [fields] of the query
   * @returns {Promise<any>}
   * @throws {JiayiError}
   */
  get(path, fields) {
    return this.#ask("GET", this.url(path) + query(fields));
  }

  /**
   * Every item of a list, page after page.
   * @param {string} path
   * @param {Record<string, string|number|null|undefined>} [fields]
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
   * Changes something, once: who repeats it, repeats it in effect.
   * @param {string} path
   * @param {object|FormData} body
   * @returns {Promise<any>}
   * @throws {JiayiError}
   */
  post(path, body) {
    return this.#ask("POST", this.url(path), body);
  }

  /**
   * Sends what must arrive exactly once: repeated under one `clientid` until the server has
   * answered, in the order of the calls for each `path` and receiver.
   * @param {string} path
   * @param {{body: any, kind?: string, clientid?: string, touid?: string, roomid?: string, stid?: string, dialogid?: string}} body
   * @returns {Promise<any>}
   */
  async send(path, body) {
    const message = { clientid: randomId(), ...body };
    const to = `${path} ${body.touid ?? body.roomid ?? body.stid ?? body.dialogid}`;
    const outbox = this.#outboxes.get(to) ?? new Outbox();
    this.#outboxes.set(to, outbox);
    const answer = await outbox.put(() => this.post(path, message));
    this.sent({ path, body: message, answer });
    return answer;
  }

  /** The address of a path below one's role. @param {string} path */
  url(path) {
    return path.startsWith("/") ? path : `/${this.me.role}/${path}`;
  }

  /**
   * Posts what must go out although the page is being closed; no answer is heard.
   * @param {string} path @param {object} body
   */
  leaveWord(path, body) {
    const headers = { "content-type": "application/json" };
    fetch(this.url(path), { method: "POST", body: JSON.stringify(body), headers, keepalive: true }).catch(() => {});
  }

  /** The server can be reached again: what waits to be sent goes out. */
  wake() {
    this.#outboxes.forEach((outbox) => outbox.wake());
  }

  /** A message was sent. @param {{path: string, body: any, answer: any}} _what */
  sent(_what) {}

  /** The token has turned out to be void. */
  refused() {}

  async #ask(method, path, body) {
    try {
      return await request(method, path, body, this.me.role);
    } catch (error) {
      if (error instanceof JiayiError && error.status === 401) this.refused();
      throw error;
    }
  }
}
