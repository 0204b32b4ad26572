// The hours of a week in which a doctor offers appointments: in words, and the times of the next weeks out of them.

import { language, t } from "../state/language.js";
import { h } from "./dom.js";

const MINUTE = 60_000; // ms
const DAY = 86_400_000; // ms
const STEP = 30; // minutes from one time that is offered to the next
const AHEAD = 28; // days

/**
 * @typedef {{weekday: number, begins: string, ends: string}} Span `weekday` is 1 for Monday to 7 for Sunday
 * @typedef {{hours: Span[], offset: number}} Offered `offset` is by how many minutes the doctor's clock is ahead of UTC
 */

/** @param {number} weekday */
export function weekdayName(weekday) {
  const monday = 1; // that of January 2024
  return new Intl.DateTimeFormat(language, { weekday: "long" }).format(
    new Date(2024, 0, monday + weekday - 1),
  );
}

/** @param {Span} span */
export const spanText = ({ begins, ends }) => `${begins}–${ends}`;

/** The weekdays that have some, each with what it has. @param {Span[]} hours @returns {[number, Span[]][]} */
export function byWeekday(hours) {
  const days = new Map();
  for (const span of hours) days.set(span.weekday, [...(days.get(span.weekday) ?? []), span]);
  return [...days];
}

/** The hours as a list, for residents. @param {Span[]} hours */
export function hoursList(hours) {
  const row = ([weekday, spans]) =>
    h("li", {}, t("{0}: {1}", weekdayName(weekday), spans.map(spanText).join(", ")));
  return h("ul", { class: "hours" }, byWeekday(hours).map(row));
}

/** The times at which an appointment may begin, of the next weeks. @param {Offered} offered @returns {Date[]} */
export function timesOf({ hours, offset }, now = Date.now()) {
  const today = Math.floor((now + offset * MINUTE) / DAY); // by the doctor's clock, as days since 1970
  const days = Array.from({ length: AHEAD }, (_, index) => today + index);
  const times = days.flatMap((day) => timesOn(day, hours).map((time) => time - offset * MINUTE));
  return times.filter((time) => time > now).map((time) => new Date(time));
}

/** The times of a day, as if the doctor's clock were that of UTC. @param {number} day @param {Span[]} hours */
function timesOn(day, hours) {
  const weekday = ((day + 3) % 7) + 1; // 1970 began on a Thursday
  return hours.filter((span) => span.weekday === weekday).flatMap((span) => steps(day, span));
}

function steps(day, { begins, ends }) {
  const [from, to] = [minutesOf(begins), minutesOf(ends)];
  const count = Math.ceil((to - from) / STEP);
  return Array.from({ length: count }, (_, index) => day * DAY + (from + index * STEP) * MINUTE);
}

function minutesOf(text) {
  const [hours, minutes] = text.split(":").map(Number);
  return hours * 60 + minutes;
}
