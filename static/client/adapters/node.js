// The adapter for Node.js.

import { web } from "./web.js";

/**
 * @param {import("./web.js").WebParts} parts `WebSocket` is built into Node.js 22 and later; give that of the
 *   package `ws` to earlier ones. `storage` is in memory if left out
 * @returns {import("../endpoint.js").Adapter}
 */
export function node(parts = {}) {
  if (!parts.WebSocket && !globalThis.WebSocket) {
    throw new TypeError("this Node.js has no WebSocket: give that of the package ws");
  }
  return web({ platform: "node", ...parts });
}
