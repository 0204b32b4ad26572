// When an appointment is to be: any time, or one of those that the doctor offers.

import "../state/chinese-late.js";
import { language, t } from "../state/language.js";
import { fill, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { field } from "./form.js";
import { timesOf } from "./hours.js";
import { localTime } from "./time.js";
import { clock } from "./week.js";

const DAY = 86_400_000; // ms

/**
 * Fields of a form, of which `time` is the answer; what they offer goes by the doctor who is chosen.
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {HTMLSelectElement} doctor
 * @returns {{element: HTMLElement, draw: () => void}} `draw` begins anew
 */
export function whenFields(jiayi, doctor) {
  const element = h("div", { class: "form" }, anyTime());
  const draw = () =>
    attempt(async () => {
      const doctoruid = doctor.value;
      fill(element, anyTime()); // the times of another doctor do not stay
      const offered = await jiayi.get("hours", { doctoruid });
      if (doctor.value !== doctoruid) return; // another was chosen meanwhile
      fill(element, offered.hours.length ? someTimes(timesOf(offered)) : anyTime());
    });
  doctor.addEventListener("change", draw);
  draw();
  return { element, draw };
}

function anyTime() {
  const value = localTime(new Date(Date.now() + DAY));
  return field(t("When"), h("input", { name: "time", type: "datetime-local", required: true, value }));
}

/** A day, and a time of it. @param {Date[]} times */
function someTimes(times) {
  const days = new Map();
  for (const time of times) days.set(time.toDateString(), [...(days.get(time.toDateString()) ?? []), time]);
  const time = h("select", { name: "time", required: true });
  const offer = () => fill(time, days.get(day.value).map(timeOption));
  const format = new Intl.DateTimeFormat(language, { weekday: "long", month: "long", day: "numeric" });
  const options = [...days].map(([value, [first]]) => h("option", { value }, format.format(first)));
  const day = h("select", { name: "day", onchange: offer }, options);
  offer();
  return [field(t("Day"), day), field(t("Time"), time)];
}

const timeOption = (time) => h("option", { value: time.toISOString() }, clock(time));
