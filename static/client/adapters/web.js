// The adapter for whatever has `fetch` and `WebSocket`: browsers, React Native, Deno.

import { memory } from "./memory.js";

/**
 * @typedef {object} WebParts
 * @property {typeof globalThis.fetch} [fetch]
 * @property {new (url: string) => any} [WebSocket]
 * @property {import("../endpoint.js").KeyValueStorage} [storage] in memory if left out
 * @property {string} [platform]
 */

/**
 * @param {WebParts} parts what stands in for the globals
 * @returns {import("../endpoint.js").Adapter}
 */
export function web({ fetch = globalThis.fetch, WebSocket = globalThis.WebSocket, ...rest } = {}) {
  /** @param {import("../endpoint.js").HttpRequest} request */
  const request = async ({ url, ...init }) => {
    const credentials = init.headers.authorization ? "omit" : "same-origin";
    const response = await fetch(url, { ...init, credentials, cache: "no-store" });
    return {
      status: response.status,
      text: await response.text(),
      header: (/** @type {string} */ name) => response.headers.get(name),
    };
  };
  return {
    platform: rest.platform ?? "web",
    storage: rest.storage ?? memory(),
    request,
    upload({ url, headers, file, name }) {
      const form = new FormData();
      if (name === undefined) form.append("file", file);
      else form.append("file", file, name);
      return request({ method: "POST", url, headers, body: form });
    },
    openSocket(url, { opened, received, closed }) {
      const socket = new WebSocket(url);
      socket.onopen = opened;
      socket.onmessage = (/** @type {MessageEvent} */ { data }) => received(data);
      socket.onclose = (/** @type {CloseEvent} */ { code, reason }) => closed(code, reason);
      socket.onerror = () => {}; // `onclose` follows
      return { send: (text) => socket.send(text), close: () => socket.close() };
    },
  };
}
