// How people are shown: by name, with what they are beside it, in rows, and with a link to their room. A name is
// whatever its owner likes; the tag beside it is ours, so that nobody is taken for what they are not.

import { t } from "../state/language.js";
import { h } from "./dom.js";

/** @typedef {{name: string, role: keyof typeof ROLES}} Person */

/** What somebody is; and what else a name may be of. */
export const ROLES = {
  user: t("Resident"),
  doctor: t("Doctor"),
  admin: t("Administrator"),
  system: t("System"),
  team: t("Team"),
  group: t("Group"),
  community: t("Community"),
};

/** A name of others as one line, without what cannot be seen or turns the direction of writing. */
export function plain(name) {
  if (typeof name !== "string") return "";
  // What joins two emoji into one stays.
  const hidden = /([\p{ExtPict}\p{EMod}]\u200d(?=\p{ExtPict}))|[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
  const visible = name.replace(hidden, (_, joined = "") => joined);
  return visible.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

/** The tag that says what somebody is. @param {keyof typeof ROLES} role */
export function roleTag(role) {
  return h("span", { class: `role ${role}` }, ROLES[role]);
}

/** A name and what it is of. @param {Person} person */
export function personName({ name, role }) {
  return [h("bdi", { class: "name" }, plain(name)), " ", roleTag(role)];
}

/** The same as a text, where there can be no tag. @param {Person} person */
export function named({ name, role }) {
  return t("{0} ({1})", plain(name), ROLES[role]);
}

/** A person's name and job title, with tags behind them. @param {Person & {title?: string}} person */
export function personText({ name, role, title }, ...tags) {
  return h(
    "span",
    { class: "grow" },
    h("strong", {}, plain(name)),
    roleTag(role),
    h("small", {}, title ?? ""),
    tags,
  );
}

/** What the other side of a room is, or who speaks in a line of notices. */
export function roleOf(kind, me) {
  const roles = {
    alonechat: me.role === "user" ? "doctor" : "user",
    doctorfriend: "doctor",
    teammate: "team",
    discussion: "group",
    social: "community",
    doctormsg: "doctor",
  };
  return roles[kind] ?? "system";
}

/** Leads to the room of a contact. @param {{roomid: string, name: string}} contact */
export function writeLink({ roomid, name }) {
  const props = {
    class: "button",
    href: `#/messages/${roomid}`,
    "aria-label": t("Write to {0}", plain(name)),
  };
  return h("a", props, t("Write"));
}
