// Times and durations as people read them. What is no time is an empty text.

import { t } from "../state/language.js";

/** A time in short: of today by the clock, of other days by the date. */
export function shortTime(text) {
  const today = new Date().toDateString() === new Date(text).toDateString();
  const parts = today
    ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
    : { month: "short", day: "numeric" };
  return format(text, parts);
}

/** A duration as a clock shows it. @param {number} seconds */
export function clockTime(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, "0")}`;
}

/** A duration in words. @param {number} seconds */
export function duration(seconds) {
  if (seconds < 60) return t("{0} s", Math.floor(seconds));
  if (seconds < 3600) return t("{0} min", Math.floor(seconds / 60));
  return t("{0} h {1} min", Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
}

/** A time in full. */
export function fullTime(text) {
  return format(text, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
}

/** A day in full. */
export function fullDate(text) {
  return format(text, { dateStyle: "full" });
}

/** A time as an input of the kind `datetime-local` takes it. @param {Date} time */
export function localTime(time) {
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @type {Map<string, Intl.DateTimeFormat>} */ const formats = new Map(); // making one takes longer than using it

function formatFor(parts) {
  const { lang } = document.documentElement;
  const key = lang + JSON.stringify(parts);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(lang, parts));
  return formats.get(key);
}

/** @param {Intl.DateTimeFormatOptions} parts */
function format(text, parts) {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return "";
  return formatFor(parts).format(time);
}
