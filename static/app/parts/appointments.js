// The list of appointments, which both sides see.

import { t } from "../state/language.js";
import { empty, fill, h } from "./dom.js";
import { personName } from "./people.js";
import { rowsOf } from "./rows.js";
import { fullTime } from "./time.js";

/** The states of an appointment, for people. */
const STATES = {
  applied: t("waiting for the doctor"),
  accepted: t("agreed"),
  rejected: t("declined"),
  cancelled: t("called off"),
};

/**
 * Shows the list below what stands above it, and keeps it up to date. Returns what ends that.
 * @param {HTMLElement} element
 * @param {object} options
 * @param {import("../state/list-store.js").ListStore} options.list
 * @param {Node|Node[]|null} options.head
 * @param {(item: object) => object} options.describe `{other?, reply?, hint?, action?}` of an appointment; `other`
 *   is the person on the other side
 */
export function showAppointments(element, { list, head, describe }) {
  const card = h("section", { class: "card" });
  const draw = () => {
    const rows = rowsOf(list.items, (item) => row(item, describe(item)));
    const content = rows.length ? h("ul", { class: "rows" }, rows) : empty(t("There is none."));
    fill(card, h("h2", {}, t("All appointments")), content);
  };
  fill(element, h("h1", {}, t("Appointments")), head, card);
  list.refresh();
  return list.watch(draw);
}

function row({ time, status, reason }, { other, reply, hint, action }) {
  const state = h("span", { class: `tagged${status === "accepted" ? " on" : ""}` }, STATES[status]);
  const about = h("div", {}, other && [personName(other), " · "], reason);
  const notes = [reply, hint].filter(Boolean).map((text) => h("div", {}, h("small", {}, text)));
  return h(
    "li",
    {},
    h("span", { class: "grow" }, h("strong", {}, fullTime(time)), state, about, notes),
    action,
  );
}
