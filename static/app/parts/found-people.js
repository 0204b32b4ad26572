// Whom one can write to, found by a name, a team or, for doctors, the end of a phone. The messages that were found
// stand below, see `search.js`, which loads this with the first letter.

import "../state/chinese-late.js";
import { t } from "../state/language.js";
import { contractStates } from "./contracts.js";
import { button, h } from "./dom.js";
import { phoneEnd } from "./find.js";
import { writeFirst } from "./first-words.js";
import { readRows } from "./pages.js";
import { personName, plain, roleOf } from "./people.js";

/** @typedef {import("../state/context.js").Context} Context */

const PAGE = 50; // rows that are shown at once

/**
 * The people, teams and groups of which somebody's words are a part.
 * @param {Context} context
 * @param {string} words
 * @returns {Promise<{rows: Element[], readPhones: () => Promise<void>}>} `readPhones` puts those in their place whom
 *   only the server finds, once `rows` are shown
 */
export async function findPeople(context, words) {
  const named = called(context, words);
  const read = (begin = 0) => ({
    items: named.slice(begin, begin + PAGE),
    next: begin + PAGE < named.length ? begin + PAGE : null,
  });
  const rows = part(t("People"), await readRows(read, (contact) => contactRow(contact, context)));
  const end = context.jiayi.me.role === "doctor" && phoneEnd(words, true);
  if (!end) return { rows, readPhones: async () => {} };
  const place = h("li", { hidden: true });
  const readPhones = async () => place.replaceWith(...(await phoneRows(context, end)));
  return { rows: [...rows, place], readPhones };
}

/**
 * Those that are called so, before those of whose team or members it is said; the newest conversation first.
 * @param {Context} context
 */
function called({ inbox, target }, words) {
  const wanted = fold(words);
  const rank = (contact) => {
    const { name, about } = folded(contact);
    const at = name.indexOf(wanted);
    if (at >= 0) return Math.min(at, 1);
    return about.includes(wanted) ? 2 : 3;
  };
  const isShown = (contact) =>
    inbox.items.has(contact.roomid) || Boolean(target({ kind: contact.kind, contact }));
  const timeOf = ({ roomid }) => inbox.items.get(roomid)?.updatetime ?? "";
  return [...inbox.contacts.values(), ...inbox.unwritten]
    .map((contact) => ({ contact, rank: rank(contact), time: timeOf(contact) }))
    .filter(({ rank, contact }) => rank < 3 && isShown(contact))
    .sort((one, other) => one.rank - other.rank || (one.time < other.time ? 1 : -1))
    .map(({ contact }) => contact);
}

/** A text without what nobody types: the width and the case of its letters. */
const fold = (text) => plain(text).normalize("NFKC").toLowerCase();

/** @type {WeakMap<object, {name: string, about: string}>} */ const known = new WeakMap();

/** What a contact is found by; of thousands it is made once. */
function folded(contact) {
  if (!known.has(contact)) known.set(contact, { name: fold(contact.name), about: fold(contact.about) });
  return known.get(contact);
}

/** @param {Context} context @param {string} end the last digits of a phone */
async function phoneRows(context, end) {
  const { jiayi, inbox } = context;
  const read = (before) => jiayi.get("signed/list", { phone: end, limit: PAGE, before });
  const row = (contract) => {
    const contact = inbox.contactOf(contract.uid);
    return contact ? contactRow(contact, context) : applicantRow(contract);
  };
  return part(t("Phone ends in {0}", end), await readRows(read, row));
}

/** Rows below a heading; nothing where there are none. */
export function part(title, rows) {
  return rows.length ? [h("li", { class: "part" }, h("h2", {}, title)), ...rows] : [];
}

/** A row that leads to the conversation, or begins it. @param {object} contact @param {Context} context */
function contactRow(contact, context) {
  const { roomid, kind, name, about, closed } = contact;
  const more = closed ? t("One may write here while a contract is in force.") : about;
  const content = what(name, roleOf(kind, context.jiayi.me), more);
  const begin = () => writeFirst(context, contact);
  if (!roomid) return h("li", {}, button(content, begin, { class: "line" }));
  return h("li", {}, h("a", { class: "line", href: `#/messages/${roomid}` }, content));
}

/** A resident who applies to a colleague: there is no writing to them before the contract is in force. */
function applicantRow({ name, team, status }) {
  return h("li", {}, h("span", { class: "line" }, what(name, "user", `${team} · ${contractStates[status]}`)));
}

function what(name, role, more) {
  const title = h("strong", { class: "title" }, personName({ name, role }));
  return h("span", { class: "what" }, title, h("span", { class: "preview" }, plain(more)));
}
