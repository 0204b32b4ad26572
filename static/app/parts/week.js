// A week, a column a day, and the way to other weeks; on narrow screens the days that have something, one below the
// other. What a day has is not known here.

import { language, t } from "../state/language.js";
import { button, empty, fill, h } from "./dom.js";

export const DAYS = 7; // of a week

/**
 * A card that shows a week and leads to others.
 * @param {object} options
 * @param {(day: Date) => HTMLElement[]} options.entries what a day has, each a row
 * @param {string} options.none what is said of a week that has nothing
 * @param {(day: Date) => Node} [options.foot] what stands below what a day has; then no day is left out
 * @param {() => void} [options.onWeek] another week is to be shown; `draw` draws it
 * @returns {{element: HTMLElement, draw: () => void, span: () => {from: Date, to: Date}}}
 */
export function weekCard({ entries, none, foot, onWeek }) {
  let monday = mondayOf(new Date());
  const element = h("section", { class: "card" });
  const go = (weeks) => {
    monday = weeks === 0 ? mondayOf(new Date()) : dayAfter(monday, weeks * DAYS);
    draw();
    onWeek?.();
  };
  const head = h(
    "p",
    { class: "actions" },
    button("‹", () => go(-1), { "aria-label": t("The week before") }),
    button(t("This week"), () => go(0)),
    button("›", () => go(1), { "aria-label": t("The week after") }),
  );
  const body = h("div", { "aria-live": "polite" });
  const title = h("h2", {});
  fill(element, h("div", { class: "week-head" }, title, head), body);

  const draw = () => {
    const days = Array.from({ length: DAYS }, (_, index) => dayAfter(monday, index));
    const range = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
    fill(title, range.formatRange(days[0], days[DAYS - 1]));
    const rows = days.map(entries);
    const columns = days.map((day, index) => column(day, rows[index], foot?.(day)));
    const isFree = rows.every((rows) => rows.length === 0);
    fill(body, h("ol", { class: "week" }, columns), isFree && empty(none));
  };
  return { element, draw, span: () => ({ from: monday, to: dayAfter(monday, DAYS) }) };
}

/** A day and what it has. */
function column(day, rows, foot) {
  const name = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "numeric" });
  const isToday = isOn(new Date(), day);
  const classes = [isToday && "today", !foot && rows.length === 0 && "free"].filter(Boolean).join(" ");
  const heading = h("h3", isToday ? { "aria-current": "date" } : {}, name.format(day));
  return h("li", { class: classes }, heading, rows.length > 0 && h("ul", {}, rows), foot);
}

/** A time of day. @param {Date|string} time */
export function clock(time) {
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const format = new Intl.DateTimeFormat(language, /** @type {Intl.DateTimeFormatOptions} */ (parts));
  return format.format(new Date(time));
}

/** The Monday on which the week of a day begins, at midnight. */
function mondayOf(day) {
  return dayAfter(day, -((day.getDay() + 6) % DAYS));
}

/** The midnight so many days after; a day may have 23 or 25 hours. */
export function dayAfter(day, days) {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
}

/** @param {Date} day @param {Date|string} time */
export function isOn(day, time) {
  return day.toDateString() === new Date(time).toDateString();
}
