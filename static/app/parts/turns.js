// Turns of duty: how one is shown on a day, and what is asked where one is made or changed.

import "../state/chinese-late.js";
import { t } from "../state/language.js";
import { ask } from "./dialog.js";
import { button, h } from "./dom.js";
import { field } from "./form.js";
import { icon } from "./icons.js";
import { plain } from "./people.js";
import { fullDate, fullTime, localTime } from "./time.js";
import { clock, dayAfter, isOn } from "./week.js";

/** @typedef {{rosterid: string, uid: string, name: string, begins: string, ends: string|null, onduty: boolean}} Turn */

const CHANGE = 8; // the hour at which a turn begins and ends unless somebody says otherwise

/** Whether a turn has some of the time from midnight until midnight. @param {Date} from @param {Date} to */
export const isWithin =
  (from, to) =>
  ({ begins, ends }) =>
    new Date(begins) < to && (!ends || new Date(ends) > from);

/** A turn as a day has it, which can be changed. @param {Turn} turn @param {Date} day */
export function turnRow(turn, day, onclick) {
  const isNow = turn.onduty && isOn(day, new Date());
  const content = [
    h("bdi", {}, plain(turn.name)),
    h("small", {}, timesOn(turn, day)),
    isNow && h("span", { class: "tagged on" }, t("on duty")),
  ];
  return h("li", {}, button(content.filter(Boolean), onclick, { class: "turn" }));
}

/** When a turn is on a day. @param {Turn} turn @param {Date} day */
function timesOn({ begins, ends }, day) {
  const begun = new Date(begins) <= day;
  const goesOn = !ends || new Date(ends) >= dayAfter(day, 1);
  if (begun) return goesOn ? t("all day") : t("until {0}", clock(ends));
  return goesOn ? t("from {0}", clock(begins)) : `${clock(begins)}–${clock(ends)}`;
}

/** @param {Date} day */
export function addTurnButton(day, onclick) {
  const label = t("Put somebody on duty: {0}", fullDate(day));
  return button(icon("plus"), onclick, { class: "quiet", title: label, "aria-label": label });
}

/** Asks who is on duty from when until when; null if nobody is. @param {Date} day */
export async function askTurn(day, doctors) {
  const open = doctors.filter(({ disabled }) => !disabled);
  const options = open.map(({ uid, name, title }) =>
    h("option", { value: uid }, [plain(name), title].filter(Boolean).join(" ")),
  );
  const fields = [
    field(t("Doctor"), h("select", { name: "uid", required: true }, options)),
    timeField("begins", t("From"), hourOf(day), { required: true }),
    endField(hourOf(dayAfter(day, 1))),
  ];
  const answer = await ask({ title: t("Put somebody on duty"), confirm: t("Save"), fields });
  if (!answer) return null;
  const { uid, begins, ends } = answer;
  return { uid, begins: new Date(begins).toISOString(), ...(ends && { ends: new Date(ends).toISOString() }) };
}

/** Asks how a turn is to be changed: its end, or that it is none any more. Null if it stays. @param {Turn} turn */
export async function askChange({ name, begins, ends }) {
  const tick = h("input", { type: "checkbox", name: "remove", value: "yes" });
  const fields = [
    h("p", {}, t("from {0}", fullTime(begins))),
    endField(ends && new Date(ends)),
    h("label", { class: "tick" }, tick, t("Take this turn off the roster")),
  ];
  const answer = await ask({ title: t("The turn of {0}", plain(name)), confirm: t("Save"), fields });
  if (!answer) return null;
  if (answer.remove) return { remove: true };
  return { ends: answer.ends ? new Date(answer.ends).toISOString() : null };
}

const hourOf = (day) => new Date(day.getFullYear(), day.getMonth(), day.getDate(), CHANGE);

const endField = (time) => timeField("ends", t("Until"), time, {}, t("left empty, until further notice"));

function timeField(name, label, time, props, hint) {
  const value = time ? localTime(time) : "";
  return field(label, h("input", { name, type: "datetime-local", value, ...props }), hint);
}
