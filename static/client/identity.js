// Who is logged in, and what is kept of it for the next start: who it is, the device's id, the newest push.

import { openChannel } from "./channel.js";
import { JiayiError } from "./errors.js";
import { randomId } from "./random.js";

/**
 * @typedef {import("./endpoint.js").Endpoint} Endpoint
 * @typedef {"user"|"doctor"|"admin"} Role
 *
 * @typedef {object} Me
 * @property {string} uid
 * @property {Role} role
 * @property {string} name
 * @property {string} [communityid]
 * @property {string} [title]
 * @property {boolean} [onduty]
 * @property {string[]} [teams]
 *
 * @typedef {{phone: string, password: string, name: string, communityid?: string}} Registration
 */

/** @param {Endpoint} endpoint @param {Role} role @param {string} account @param {string} password */
export async function logIn(endpoint, role, account, password) {
  const { uid, name, token } = await endpoint.request("POST", `/${role}/login`, { account, password });
  return enter(endpoint, { uid, role, name }, token);
}

/** Makes a resident's account and logs it in. @param {Endpoint} endpoint @param {Registration} fields */
export async function register(endpoint, fields) {
  const { uid, token } = await endpoint.request("POST", "/user/register", fields);
  return enter(endpoint, { uid, role: "user", name: fields.name }, token);
}

/**
 * Who is logged in already; null if nobody is.
 * @param {Endpoint} endpoint
 * @param {Role} role
 * @returns {Promise<Me|null>}
 */
export async function findLogin(endpoint, role) {
  try {
    if (role !== "admin") return await endpoint.request("GET", `/${role}/me`, undefined, role);
    await endpoint.request("GET", "/admin/stats", undefined, role);
  } catch (error) {
    if (!(error instanceof JiayiError)) throw error;
    if (error.status === 401) return null;
    if (role !== "admin" || error.retryable) throw error;
  }
  return JSON.parse(endpoint.adapter.storage.getItem(`jiayi:${role}`) ?? "null");
}

/** @param {Endpoint} endpoint @param {Me} me @param {string} token @returns {Promise<Me>} */
async function enter(endpoint, me, token) {
  endpoint.loggedIn(token);
  endpoint.adapter.storage.setItem(`jiayi:${me.role}`, JSON.stringify(me));
  if (endpoint.adapter.sharesLogin) announce(me);
  return (await findLogin(endpoint, me.role)) ?? me;
}

/** Tells the tabs that still show somebody else of this role, which must not act in this one's name. @param {Me} me */
function announce(me) {
  const channel = openChannel(`jiayi:${me.role}`);
  channel.postMessage({ entered: me.uid });
  channel.close();
}

/** What is kept of one login. */
export class SavedLogin {
  #storage;
  #platform;
  #me;

  /** @param {import("./endpoint.js").Adapter} adapter @param {Me} me */
  constructor({ storage, platform }, me) {
    this.#storage = storage;
    this.#platform = platform;
    this.#me = me;
  }

  /** The number of the newest push that was taken in; null before the first. */
  get since() {
    const kept = this.#storage.getItem(this.#sinceKey());
    return kept === null ? null : Number(kept);
  }

  /** @param {number|null} seq */
  set since(seq) {
    this.#storage.setItem(this.#sinceKey(), String(seq));
  }

  /** What names this device to the server; made once. */
  get deviceId() {
    const kept = this.#storage.getItem("jiayi:deviceid") ?? `${this.#platform}-${randomId()}`;
    this.#storage.setItem("jiayi:deviceid", kept);
    return kept;
  }

  /** Forgets the login, after it has ended. */
  forget() {
    this.#storage.removeItem(this.#sinceKey());
    this.#storage.removeItem(`jiayi:${this.#me.role}`);
  }

  #sinceKey = () => {
    return `jiayi:${this.#me.role}:${this.#me.uid}:since`;
  };
}
