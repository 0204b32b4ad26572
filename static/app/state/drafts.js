// What somebody has begun to write in a room and not sent. It stays on this device, and goes with the login.

const MOST = 50; // rooms; the draft that was changed longest ago goes

const prefixOf = ({ role, uid }) => `jiayi:${role}:${uid}:draft:`;

const keys = (wanted) => Object.keys(localStorage).filter(wanted);

/** The drafts of a person, by the rooms' ids. */
export class Drafts {
  #prefix;

  /** @param {import("../../client/jiayi.js").Me} me */
  constructor(me) {
    this.#prefix = prefixOf(me);
  }

  /** @param {string} roomid @returns {string} empty if there is none */
  get(roomid) {
    return read(this.#prefix + roomid).text;
  }

  /** @param {string} roomid @param {string} text nothing but white space is no draft */
  set(roomid, text) {
    const key = this.#prefix + roomid;
    if (!text.trim()) return localStorage.removeItem(key);
    try {
      localStorage.setItem(key, JSON.stringify({ text, changed: Date.now() }));
    } catch {
      return; // the device has no room: what is written stays on the page alone
    }
    const kept = keys((key) => key.startsWith(this.#prefix));
    if (kept.length > MOST)
      localStorage.removeItem(kept.sort((a, b) => read(a).changed - read(b).changed)[0]);
  }
}

/** Forgets the drafts of everybody of a role but this person. @param {string} role @param {string} [uid] */
export function forgetDrafts(role, uid) {
  const isOfRole = (key) => key.startsWith(`jiayi:${role}:`) && key.includes(":draft:");
  const isKept = (key) => uid && key.startsWith(prefixOf({ role, uid }));
  for (const key of keys((key) => isOfRole(key) && !isKept(key))) localStorage.removeItem(key);
}

function read(key) {
  return JSON.parse(localStorage.getItem(key) ?? '{"text":"","changed":0}');
}
