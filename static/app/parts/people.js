// How people are shown: in rows, and with a link to their room.

import { t } from "../state/language.js";
import { h } from "./dom.js";

/** Leads to the room of a contact. @param {{roomid: string, name: string}} contact */
export function writeLink({ roomid, name }) {
  const props = { class: "button", href: `#/messages/${roomid}`, "aria-label": t("Write to {0}", name) };
  return h("a", props, t("Write"));
}

/** A person's name and job title, with tags behind them. */
export function personText({ name, title }, ...tags) {
  return h("span", { class: "grow" }, h("strong", {}, name), " ", h("small", {}, title ?? ""), tags);
}
