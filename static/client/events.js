// Events, with the methods of `EventTarget`, which mini-programs and React Native do not have.

/**
 * @template {Record<string, any>} Events the name of each event, with the type of its `detail`
 */
export class Emitter {
  /** @type {Map<keyof Events, Set<(event: any) => void>>} */ #listeners = new Map();

  /**
   * @template {keyof Events} Name
   * @param {Name} type
   * @param {(event: {type: Name, detail: Events[Name]}) => void} listener
   */
  addEventListener(type, listener) {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  /**
   * @template {keyof Events} Name
   * @param {Name} type
   * @param {(event: {type: Name, detail: Events[Name]}) => void} listener
   */
  removeEventListener(type, listener) {
    this.#listeners.get(type)?.delete(listener);
  }

  /**
   * Calls the listeners of an event. An error in one of them is reported and does not keep it from the others.
   * @template {keyof Events} Name
   * @param {Name} type
   * @param {Events[Name]} detail
   */
  emit(type, detail) {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        listener({ type, detail });
      } catch (error) {
        setTimeout(() => {
          throw error;
        });
      }
    }
  }
}
