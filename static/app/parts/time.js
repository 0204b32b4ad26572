// Times and durations as people read them.

/** A time in short: of today by the clock, of other days by the date. */
export function shortTime(text) {
  const time = new Date(text);
  const today = new Date().toDateString() === time.toDateString();
  const parts = today
    ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
    : { month: "short", day: "numeric" };
  return new Intl.DateTimeFormat(document.documentElement.lang, parts).format(time);
}

/** A duration as a clock shows it. @param {number} seconds */
export function clockTime(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A time in full. */
export function fullTime(text) {
  const parts = { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" };
  return new Intl.DateTimeFormat(document.documentElement.lang, parts).format(new Date(text));
}

/** A day in full. */
export function fullDate(text) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full" }).format(new Date(text));
}
