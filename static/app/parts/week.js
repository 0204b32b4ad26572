// A week of appointments, a column a day; on narrow screens the days that have some, one below the other.

import { language, t } from "../state/language.js";
import { button, empty, fill, h } from "./dom.js";
import { plain } from "./people.js";

const DAYS = 7;

/**
 * A card that shows a week and leads to others.
 * @param {() => object[]} read the appointments, each `{time, status, name, reason}`
 * @returns {{element: HTMLElement, draw: () => void}}
 */
export function weekCard(read) {
  let monday = mondayOf(new Date());
  const element = h("section", { class: "card" });
  const go = (weeks) => {
    monday = weeks === 0 ? mondayOf(new Date()) : dayAfter(monday, weeks * DAYS);
    draw();
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
    const coming = read().filter(({ status }) => status === "applied" || status === "accepted");
    const columns = days.map((day) =>
      column(
        day,
        coming.filter(({ time }) => isOn(day, time)),
      ),
    );
    const isFree = columns.every((column) => column.classList.contains("free"));
    fill(body, h("ol", { class: "week" }, columns), isFree && empty(t("There is none in this week.")));
  };
  return { element, draw };
}

/** A day and what it has, the earliest first. */
function column(day, items) {
  const name = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "numeric" });
  const isToday = isOn(new Date(), day);
  const classes = [isToday && "today", items.length === 0 && "free"].filter(Boolean).join(" ");
  const entries = [...items].sort((one, other) => one.time.localeCompare(other.time)).map(entry);
  const heading = h("h3", isToday ? { "aria-current": "date" } : {}, name.format(day));
  return h("li", { class: classes }, heading, entries.length > 0 && h("ul", {}, entries));
}

function entry({ time, status, name, reason }) {
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const at = new Intl.DateTimeFormat(language, /** @type {Intl.DateTimeFormatOptions} */ (clock));
  const waits = status === "applied" && h("small", {}, t("to be answered"));
  const about = [h("strong", {}, at.format(new Date(time))), " ", h("bdi", {}, plain(name))];
  return h("li", { class: status, title: reason }, about, waits);
}

/** The Monday on which the week of a day begins, at midnight. */
function mondayOf(day) {
  return dayAfter(day, -((day.getDay() + 6) % DAYS));
}

/** The midnight so many days after; a day may have 23 or 25 hours. */
function dayAfter(day, days) {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
}

function isOn(day, time) {
  return day.toDateString() === new Date(time).toDateString();
}
