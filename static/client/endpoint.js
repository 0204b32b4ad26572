// The server as one login sees it: its address, the token, and the adapter that carries requests and
// connections there. It knows no request by name.

import { browser } from "./adapters/browser.js";
import { web } from "./adapters/web.js";
import { JiayiError } from "./errors.js";

/**
 * @typedef {object} Adapter what the library needs of its environment
 * @property {string} platform the environment's name, which the server is told: `web`, `node`, `wechat` …
 * @property {(request: HttpRequest) => Promise<HttpResponse>} request rejects if the server cannot be reached
 * @property {(upload: Upload) => Promise<HttpResponse>} upload posts a file as `multipart/form-data`
 * @property {(url: string, listener: SocketListener) => Socket} openSocket
 * @property {KeyValueStorage} storage keeps what the next start needs: device id, login, last push
 * @property {(listener: (online: boolean) => void) => (() => void)} [watchNetwork] returns what ends it
 * @property {boolean} [sharesLogin] whether several pages share a login, as the tabs of a browser do
 *
 * @typedef {object} HttpRequest
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {string|FormData} [body]
 * @property {boolean} [keepalive] whether it must go out although the page is being closed
 *
 * @typedef {{status: number, text: string, header: (name: string) => string|null|undefined}} HttpResponse
 * @typedef {{url: string, headers: Record<string, string>, file: any, name?: string}} Upload
 *
 * @typedef {object} SocketListener
 * @property {() => void} opened
 * @property {(text: string) => void} received
 * @property {(code?: number, reason?: string) => void} closed
 *
 * @typedef {{send: (text: string) => void, close: () => void}} Socket
 * @typedef {Pick<Storage, "getItem"|"setItem"|"removeItem">} KeyValueStorage
 *
 * @typedef {object} Options
 * @property {string} [address] of the server, such as `https://jiayi.example`. Without it, a browser talks to the
 *   server that its page came from, and the token stays in a cookie that scripts cannot read
 * @property {string} [token] of an earlier login
 * @property {Adapter} [adapter]
 */

/** One server, and as whom it is asked. */
export class Endpoint {
  /** @type {string|null} null if the token is in a cookie, or nobody has logged in */ token;
  #address;

  /** @param {Options} options */
  constructor({ address, token, adapter } = {}) {
    this.#address = address?.replace(/\/+$/, "");
    this.token = token ?? null;
    this.adapter = adapter ?? (address === undefined ? browser() : web());
  }

  /** Keeps the token of a login, unless a cookie does. @param {string} token */
  loggedIn(token) {
    if (this.#address !== undefined) this.token = token;
  }

  /** The whole address of a path. @param {string} path */
  url(path) {
    return (this.#address ?? "") + path;
  }

  /**
   * The headers that say who asks.
   * @param {string} [role] which cookie counts, as a browser may hold those of several roles
   * @returns {Record<string, string>}
   */
  headers(role) {
    if (this.token !== null) return { authorization: `Bearer ${this.token}` };
    return role ? { "jiayi-role": role } : {};
  }

  /**
   * Sends a request and reads the object that answers it.
   * @param {string} method
   * @param {string} path below the server's root, with its query
   * @param {object|FormData} [body]
   * @param {string} [role] as whom
   * @returns {Promise<any>}
   * @throws {JiayiError}
   */
  request(method, path, body, role) {
    return read(this.adapter.request(this.#toRequest(method, path, body, role)));
  }

  /**
   * Posts a request while the page is being closed. Nobody waits for the answer.
   * @param {string} path @param {object} body @param {string} role
   */
  postOnExit(path, body, role) {
    this.adapter.request({ ...this.#toRequest("POST", path, body, role), keepalive: true }).catch(() => {});
  }

  /**
   * Posts a file.
   * @param {string} path
   * @param {any} file whatever the adapter takes: a `Blob`, or a path in a mini-program
   * @param {string|undefined} name
   * @param {string} role
   * @returns {Promise<any>}
   * @throws {JiayiError}
   */
  upload(path, file, name, role) {
    return read(this.adapter.upload({ url: this.url(path), headers: this.headers(role), file, name }));
  }

  /** @param {SocketListener} listener */
  openSocket(listener) {
    const address = this.#address ?? location.origin;
    return this.adapter.openSocket(`${address.replace(/^http/, "ws")}/ws`, listener);
  }

  /**
   * @param {string} method @param {string} path @param {any} body @param {string} [role]
   * @returns {HttpRequest}
   */
  #toRequest = (method, path, body, role) => {
    const request = { method, url: this.url(path), headers: this.headers(role) };
    if (body === undefined || isForm(body)) return { ...request, body };
    return {
      ...request,
      headers: { ...request.headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    };
  };
}

/** @param {unknown} body */
const isForm = (body) => typeof FormData === "function" && body instanceof FormData;

/** @param {Promise<HttpResponse>} pending */
async function read(pending) {
  const { status, text, header } = await pending.catch(() => {
    throw new JiayiError("NETWORK", "the server cannot be reached");
  });
  const answer = parse(text);
  if (status >= 200 && status < 300) return answer;
  const retryAfter = Number(header("retry-after")) || 0;
  throw new JiayiError(
    answer.code ?? "FA_SYS",
    answer.message ?? `status ${status}`,
    status,
    retryAfter,
    answer,
  );
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/**
 * A query string of those fields that are set.
 * @param {Record<string, string|number|null|undefined>} fields
 */
export function query(fields = {}) {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  const pairs = set.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return pairs.length ? `?${pairs.join("&")}` : "";
}
