// A doctor's own hours for appointments: what they are, more of them, taking some away.

import "../state/chinese-late.js";
import { t } from "../state/language.js";
import { ask } from "./dialog.js";
import { button, empty, fill, h } from "./dom.js";
import { attempt, note } from "./feedback.js";
import { field } from "./form.js";
import { byWeekday, spanText, weekdayName } from "./hours.js";

/** @typedef {import("./hours.js").Span} Span */

const WORKDAYS = [1, 2, 3, 4, 5];
const ALL_DAYS = [...WORKDAYS, 6, 7];

/** @param {import("../../client/jiayi.js").Jiayi} jiayi */
export function hoursCard(jiayi) {
  const body = h("div", {});
  const tick = h("input", { type: "checkbox", name: "autoanswer", onchange: () => save(offered.hours) });
  const answer = h("label", { class: "tick", hidden: true }, tick, t("An automatic answer at other times"));
  const abroad = h("p", { class: "lead" });
  /** @type {import("./hours.js").Offered & {autoanswer: boolean}} as read last; nothing can be changed before */
  let offered;
  const draw = (read) => {
    offered = read;
    const { hours, offset, autoanswer } = read;
    tick.checked = autoanswer;
    actions.hidden = false;
    abroad.hidden = !hours.length || offset === offsetHere();
    fill(abroad, t("These hours go by the clock of {0}.", zoneText(offset)));
    answer.hidden = !hours.length;
    const rows = byWeekday(hours).map((day) => row(day, remove));
    const none = empty(t("You have set none: residents may ask for any time."));
    fill(body, rows.length ? h("ul", { class: "rows" }, rows) : none);
  };
  const save = async (hours) => {
    // Hours that are there do not move when their doctor is abroad.
    const offset = offered.hours.length ? offered.offset : offsetHere();
    const wanted = { hours, offset, autoanswer: tick.checked };
    const saved = await attempt(() => jiayi.post("hours/update", wanted).catch(explainOverlap));
    draw(saved ?? offered);
    if (saved) note(t("Saved."));
  };
  const add = async () => {
    const more = await askHours();
    if (more) await save([...offered.hours, ...more]);
  };
  const remove = (span) => save(offered.hours.filter((other) => other !== span));
  const actions = h("p", { class: "actions", hidden: true }, button(t("Add hours"), add));

  attempt(async () => draw(await jiayi.get("hours")));
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("Hours for appointments")),
    h("p", { class: "lead" }, t("Residents may ask for appointments in these hours only.")),
    body,
    abroad,
    answer,
    actions,
  );
}

/** By how many minutes the clock of this device is ahead of UTC. */
const offsetHere = () => -new Date().getTimezoneOffset();

/** A clock, as `UTC+08:00`. @param {number} offset in minutes */
function zoneText(offset) {
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const digits = (number) => String(number).padStart(2, "0");
  return `UTC${offset < 0 ? "-" : "+"}${digits(hours)}:${digits(minutes)}`;
}

/** A day with its spans, each of which can be taken away. @param {[number, Span[]]} day */
function row([weekday, spans], remove) {
  const chip = (span) => {
    const label = t("Delete {0}", `${weekdayName(weekday)} ${spanText(span)}`);
    return button(`${spanText(span)} ×`, () => remove(span), { title: label, "aria-label": label });
  };
  return h(
    "li",
    {},
    h("span", { class: "grow" }, h("strong", {}, weekdayName(weekday))),
    h("span", { class: "actions" }, spans.map(chip)),
  );
}

function explainOverlap(problem) {
  if (problem.field !== "hours" || problem.rule !== "invalid") throw problem;
  note(t("These hours overlap others."));
  return null;
}

/** Asks for hours of a day, or of all workdays. @returns {Promise<Span[]|null>} */
async function askHours() {
  const workdays = h("option", { value: "workdays" }, t("Monday to Friday"));
  const days = ALL_DAYS.map((weekday) => h("option", { value: weekday }, weekdayName(weekday)));
  const time = (name, label, value) =>
    field(label, h("input", { name, type: "time", required: true, value }));
  const fields = [
    field(t("Day"), h("select", { name: "day" }, workdays, days)),
    time("begins", t("From"), "08:00"),
    time("ends", t("Until"), "12:00"),
  ];
  const answer = await ask({ title: t("Add hours"), confirm: t("Save"), fields });
  if (!answer) return null;
  const { day, begins } = answer;
  const ends = answer.ends === "00:00" ? "24:00" : answer.ends;
  if (ends <= begins) return void note(t("It must end after it begins."));
  return (day === "workdays" ? WORKDAYS : [Number(day)]).map((weekday) => ({ weekday, begins, ends }));
}
