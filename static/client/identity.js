// Who is logged in in this browser, and what is kept of it for the next page. The token is not: it stays
// in a cookie that scripts cannot read.

import { JiayiError, randomId, request } from "./http.js";

/**
 * @typedef {"user"|"doctor"|"admin"} Role
 * @typedef {{uid: string, role: Role, name: string, communityid?: string, title?: string,
 *   onduty?: boolean, teams?: string[]}} Me
 */

/**
 * Logs in.
 * @param {Role} role @param {string} account @param {string} password
 */
export async function logIn(role, account, password) {
  const { uid, name } = await request("POST", `/${role}/login`, { account, password });
  return enter({ uid, role, name });
}

/**
 * Makes a resident's account and logs it in.
 * @param {{phone: string, password: string, name: string, communityid?: string}} fields
 */
export async function register(fields) {
  const { uid } = await request("POST", "/user/register", fields);
  return enter({ uid, role: "user", name: fields.name });
}

/**
 * Who is logged in already; null where nobody is.
 * @param {Role} role
 * @returns {Promise<Me|null>}
 */
export async function find(role) {
  try {
    if (role !== "admin") return await request("GET", `/${role}/me`);
    await request("GET", "/admin/stats");
  } catch (error) {
    if (!(error instanceof JiayiError)) throw error;
    if (error.status === 401) return null;
    if (role !== "admin" || error.passing) throw error;
  }
  return JSON.parse(localStorage.getItem(`jiayi:${role}`) ?? "null");
}

/** @param {Me} me @returns {Promise<Me>} */
async function enter(me) {
  localStorage.setItem(`jiayi:${me.role}`, JSON.stringify(me));
  // A tab that still shows somebody else of this role must not act in this one's name.
  const channel = new BroadcastChannel(`jiayi:${me.role}`);
  channel.postMessage({ entered: me.uid });
  channel.close();
  return (await find(me.role)) ?? me;
}

/**
 * The newest push that this browser has taken in for somebody; null before the first.
 * @param {Me} me
 */
export function keptSince(me) {
  const kept = localStorage.getItem(sinceKey(me));
  return kept === null ? null : Number(kept);
}

/** @param {Me} me @param {number} seq */
export function keepSince(me, seq) {
  localStorage.setItem(sinceKey(me), String(seq));
}

/** Somebody has logged out. @param {Me} me */
export function forget(me) {
  localStorage.removeItem(sinceKey(me));
  localStorage.removeItem(`jiayi:${me.role}`);
}

/** What names this browser to the server; made once. */
export function deviceId() {
  const kept = localStorage.getItem("jiayi:deviceid") ?? `web-${randomId()}`;
  localStorage.setItem("jiayi:deviceid", kept);
  return kept;
}

/** @param {Me} me */
function sinceKey({ role, uid }) {
  return `jiayi:${role}:${uid}:since`;
}
