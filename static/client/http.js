// Requests over HTTP: one JSON object there and one back, the cookie of the role, typed refusals,
// and sends that are repeated until they are answered. Knows nothing of connections.

/** A refusal of the server, or that it could not be reached (`code` is `NETWORK`). */
export class JiayiError extends Error {
  /**
   * @param {string} code the code of the contract: `FA_PARAM`, `FA_AUTH` …
   * @param {string} message what was wrong, for developers
   * @param {number} status the HTTP status; 0 where there was no answer
   * @param {number} retryAfter seconds to wait before a further try; 0 where nothing was said
   */
  constructor(code, message, status = 0, retryAfter = 0) {
    super(message);
    this.name = "JiayiError";
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/**
 * Asks the server.
 * @param {string} method
 * @param {string} path below the server's root, with its query
 * @param {object|FormData} [body]
 * @param {string} [role] as whom; a browser may hold cookies of several roles
 * @returns {Promise<any>} the object it answers
 * @throws {JiayiError}
 */
export async function request(method, path, body, role) {
  const form = body instanceof FormData;
  const response = await fetch(path, {
    method,
    body: form || body === undefined ? body : JSON.stringify(body),
    headers: { ...(role && { "jiayi-role": role }), ...(form || body === undefined ? {} : { "content-type": "application/json" }) },
    credentials: "same-origin",
    cache: "no-store",
  }).catch(() => { throw new JiayiError("NETWORK", "the server cannot be reached"); });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const wait = Number(response.headers.get("retry-after")) || 0;
  throw new JiayiError(answer.code ?? "FA_SYS", answer.message ?? response.statusText, response.status, wait);
}

/** A query string out of those fields that are set. */
export function query(fields = {}) {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return set.length ? `?${new URLSearchParams(set)}` : "";
}

/** A random id, also where the page is not served securely. */
export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Milliseconds to wait before try number `tries`: longer each time, and never all at one moment. */
export function backoff(tries) {
  const most = Math.min(30_000, 500 * 2 ** tries);
  return most / 2 + Math.random() * (most / 2);
}

/** Sends one after the other, each until it is answered or refused for good. */
export class Outbox {
  #last = Promise.resolve();
  #wake = () => {};

  /**
   * @template T
   * @param {() => Promise<T>} work safe to repeat
   * @returns {Promise<T>}
   */
  put(work) {
    const done = this.#last.then(() => this.#insist(work));
    this.#last = done.catch(() => {});
    return done;
  }

  /** The server can be reached again: waits no longer. */
  wake() {
    this.#wake();
  }

  async #insist(work) {
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof JiayiError) || !error.passing) throw error;
        await this.#pause(Math.max(backoff(tries), error.retryAfter * 1000));
      }
    }
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => { clearTimeout(timer); resolve(undefined); };
    });
  }
}
