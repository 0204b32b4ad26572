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
  const tick = h("input", { type: "checkbox", name: "autoanswer", onchange: () => save(hours) });
  const answer = h("label", { class: "tick", hidden: true }, tick, t("An automatic answer at other times"));
  let hours = [];
  const draw = (offered) => {
    ({ hours } = offered);
    tick.checked = offered.autoanswer;
    answer.hidden = !hours.length;
    const rows = byWeekday(hours).map((day) => row(day, remove));
    const none = empty(t("You have set none: residents may ask for any time."));
    fill(body, rows.length ? h("ul", { class: "rows" }, rows) : none);
  };
  const save = (wanted) =>
    attempt(async () => {
      const offset = -new Date().getTimezoneOffset();
      const body = { hours: wanted, offset, autoanswer: tick.checked };
      const saved = await jiayi.post("hours/update", body).catch(explainOverlap);
      if (!saved) return;
      draw(saved);
      note(t("Saved."));
    });
  const add = async () => {
    const more = await askHours();
    if (more) await save([...hours, ...more]);
  };
  const remove = (span) => save(hours.filter((other) => other !== span));

  attempt(async () => draw(await jiayi.get("hours")));
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("Hours for appointments")),
    h("p", { class: "lead" }, t("Residents may ask for appointments in these hours only.")),
    body,
    answer,
    h("p", { class: "actions" }, button(t("Add hours"), add)),
  );
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
