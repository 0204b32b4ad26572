// Random ids and random waiting times.

/** A random id of 32 hexadecimal digits. It identifies a message or a device; it is no secret. */
export function randomId() {
  const bytes = new Uint8Array(16);
  // Mini-programs and React Native have no `crypto`; a page that is not served securely has this part of it.
  if (globalThis.crypto?.getRandomValues) globalThis.crypto.getRandomValues(bytes);
  else bytes.forEach((_, index) => (bytes[index] = Math.floor(Math.random() * 256)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Milliseconds to wait before a retry: twice as long each time, at most 30 s, and never the same for all clients.
 * @param {number} tries how many have failed before
 */
export function backoff(tries) {
  const most = Math.min(30_000, 500 * 2 ** tries);
  return most / 2 + Math.random() * (most / 2);
}
