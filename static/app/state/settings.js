// What somebody has set for this device. Each is read where it is needed, so that a change in one tab holds in all.

const KEY = "jiayi:settings";

/** What holds until it is set otherwise. */
const DEFAULTS = {
  enterSends: true, // else Enter begins a line, and Ctrl or ⌘ with Enter sends
  notifies: false, // what comes while nobody looks, by the browser's notifications
  showsWords: false, // names and words in notifications, which others may read on a locked screen
  sounds: true,
  wasAsked: false, // whether notifications were offered
};

/** @typedef {keyof typeof DEFAULTS} Setting */

const read = () => ({ ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") });

/** @param {Setting} name @returns {boolean} */
export const isSet = (name) => read()[name];

/** @param {Setting} name @param {boolean} value */
export const set = (name, value) => localStorage.setItem(KEY, JSON.stringify({ ...read(), [name]: value }));
