// What somebody has set for this device. Each is read where it is needed, so that a change in one tab holds in all.
// Whoever logs in next in the same browser has settings of their own.

const KEY = "jiayi:settings";
const MOST = 20; // people; what is set by who changed theirs longest ago goes

/** What holds until it is set otherwise. */
const DEFAULTS = {
  enterSends: true, // else Enter begins a line, and Ctrl or ⌘ with Enter sends
  notifies: false, // what comes while nobody looks, by the browser's notifications
  showsWords: false, // names and words in notifications, which others may read on a locked screen
  sounds: true,
  wasAsked: false, // whether notifications were offered
};

/** @typedef {keyof typeof DEFAULTS} Setting */

let owner = ""; // who is logged in on this page

/** From now on, settings are this person's. @param {import("../../client/jiayi.js").Me} me */
export const settingsOf = ({ role, uid }) => (owner = `${role}:${uid}`);

/** @returns {Record<string, Partial<Record<Setting, boolean>>>} by whom, who changed theirs last at the end */
const read = () => JSON.parse(localStorage.getItem(KEY) ?? "{}");

/** @param {Setting} name @returns {boolean} */
export const isSet = (name) => ({ ...DEFAULTS, ...read()[owner] })[name];

/** Sets one, and emits `settings` on the window. @param {Setting} name @param {boolean} value */
export function set(name, value) {
  const { [owner]: mine, ...others } = read();
  const kept = [...Object.entries(others), [owner, { ...mine, [name]: value }]].slice(-MOST);
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(kept)));
  dispatchEvent(new Event("settings"));
}
