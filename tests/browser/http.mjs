// Somebody without a browser, who asks the server by HTTP alone.

import { PASSWORD } from "./server.mjs";

export class Person {
  /** @param {import("./server.mjs").Server} server @param {"user"|"doctor"|"admin"} role @param {string} account */
  static async login(server, role, account) {
    const person = new Person();
    Object.assign(person, { server, role });
    Object.assign(person, await person.post("login", { account, password: PASSWORD }));
    return person;
  }

  get(path) {
    return this.#ask(path, {});
  }

  post(path, body) {
    const headers = { "content-type": "application/json" };
    return this.#ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** Writes in the room of a resident and a doctor. @param {Person} to */
  write(to, text) {
    return this.post("alonechat/send", { touid: to.uid, body: text });
  }

  /** Sends a file of a kind to the other one of such a room. */
  async share(to, kind, bytes, name) {
    const body = new FormData();
    body.append("file", new Blob([bytes]), name);
    const { fileid } = await this.#ask("file", { method: "POST", body });
    return this.post("alonechat/send", { touid: to.uid, kind, body: { fileid, name } });
  }

  async #ask(path, options) {
    const url = this.server.url + (path.startsWith("/") ? path : `/${this.role}/${path}`);
    const headers = { ...options.headers, ...(this.token && { authorization: `Bearer ${this.token}` }) };
    const response = await fetch(url, { ...options, headers });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }
}
