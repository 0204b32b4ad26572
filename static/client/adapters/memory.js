// A storage that forgets everything when the program ends.

/** @returns {import("../endpoint.js").KeyValueStorage} */
export function memory() {
  /** @type {Map<string, string>} */ const items = new Map();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}
