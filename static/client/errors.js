// What a request is refused with.

/** A refusal by the server, or the news that it cannot be reached (`code` is `NETWORK`). */
export class JiayiError extends Error {
  /**
   * @param {string} code the contract's code: `FA_PARAM`, `FA_AUTH` …
   * @param {string} message what was wrong, for developers
   * @param {number} status the HTTP status; 0 without an answer
   * @param {number} retryAfter seconds to wait before the next try; 0 if the server named none
   * @param {{field?: string, rule?: string}} wrong with `FA_PARAM`: which field is wrong, and which rule it breaks
   */
  constructor(code, message, status = 0, retryAfter = 0, { field, rule } = {}) {
    super(message);
    this.name = "JiayiError";
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
    this.field = field;
    this.rule = rule;
  }

  /** Whether the same request may succeed later. */
  get retryable() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}
