// What the tabs of one browser hear each other by.

/** @typedef {Pick<BroadcastChannel, "onmessage"|"postMessage"|"close">} Channel */

/**
 * A channel of that name. In browsers without channels (Safari before 15.4) nobody hears it: each tab is by itself.
 * @param {string} name
 * @returns {Channel}
 */
export function openChannel(name) {
  if (typeof BroadcastChannel === "undefined") return { onmessage: null, postMessage() {}, close() {} };
  // eslint-disable-next-line compat/compat -- it is there
  return new BroadcastChannel(name);
}
