// The back office's roster: who is on duty on each day of a week, putting somebody on duty, ending a turn, taking one
// off, and taking over the turns of the week before.

import "../state/chinese-late.js";
import { ask } from "../parts/dialog.js";
import { button, fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { here } from "../parts/route.js";
import { addTurnButton, askChange, askTurn, isWithin, turnRow } from "../parts/turns.js";
import { DAYS, dayAfter, weekCard } from "../parts/week.js";
import { t } from "../state/language.js";
import { ListStore } from "../state/list-store.js";

const REFRESH = 60_000; // ms between two readings while it is shown: others change it too

/** @param {import("../../client/jiayi.js").Jiayi} jiayi */
export function roster(jiayi) {
  const show = (element) => {
    const list = new ListStore(() => between(jiayi, week.span()));
    const save = async (body) => {
      if (await change(jiayi, body)) note(t("Saved."));
      list.refresh();
    };
    const add = async (day) => {
      const isHere = here();
      const doctors = await attempt(() => jiayi.all("doctor/list"));
      const turn = doctors && isHere() && (await askTurn(day, doctors));
      if (turn) save(turn);
    };
    const edit = async (turn) => {
      const changed = await askChange(turn);
      if (changed) save({ rosterid: turn.rosterid, ...changed });
    };
    const rows = (day) => list.items.filter(isWithin(day, dayAfter(day, 1)));
    const week = weekCard({
      entries: (day) => rows(day).map((turn) => turnRow(turn, day, () => edit(turn))),
      none: t("Nobody is on duty in this week."),
      foot: (day) => addTurnButton(day, () => add(day)),
      onWeek: () => list.refresh(),
    });
    const repeat = async () => {
      await takeOver(jiayi, week.span().from);
      list.refresh();
    };
    const lead = t("Who is on duty on each day, and answers where a doctor does not.");
    const actions = h("p", { class: "actions" }, button(t("As the week before"), repeat));
    fill(element, h("h1", {}, t("Roster")), h("p", { class: "lead" }, lead), week.element, actions);
    // What is drawn stays where nothing has changed, and the focus with it.
    let drawn = "";
    const unwatch = list.watch(() => {
      const items = JSON.stringify(list.items);
      if (items !== drawn) week.draw();
      drawn = items;
    });
    const timer = setInterval(() => list.refresh(), REFRESH);
    week.draw();
    list.refresh();
    return () => {
      unwatch();
      clearInterval(timer);
    };
  };
  return { show };
}

/** The turns of a span of time. */
const between = (jiayi, { from, to }) =>
  jiayi.all("/admin/duty/turns", { from: from.toISOString(), to: to.toISOString() });

/** Changes the roster; whether that went well. */
async function change(jiayi, body) {
  const explained = (problem) => {
    if (problem.code !== "FA_CONFLICT") throw problem;
    note(t("The doctor is on duty then already."));
    return false;
  };
  return attempt(() => jiayi.post("/admin/duty/roster", body).then(() => true, explained));
}

/** Has the turns that began in the week before, and have an end, once more in the week of this Monday. */
async function takeOver(jiayi, monday) {
  const from = dayAfter(monday, -DAYS);
  const isHere = here();
  const turns = await attempt(() => between(jiayi, { from, to: monday }));
  if (!isHere()) return;
  const own = turns?.filter(({ begins, ends }) => ends && new Date(begins) >= from);
  if (!own) return;
  if (!own.length) return note(t("The week before has no turns to take over."));
  const title = t("Take over the turns of the week before ({0})?", own.length);
  if (!(await ask({ title, confirm: t("Take over") }))) return;
  let taken = 0;
  for (const { uid, begins, ends } of own)
    if (await change(jiayi, { uid, begins: weekLater(begins), ends: weekLater(ends) })) taken += 1;
  note(t("Turns taken over: {0}", taken));
}

/** The same time of day a week later, by the clock of whoever looks. @param {string} text */
function weekLater(text) {
  const time = new Date(text);
  time.setDate(time.getDate() + DAYS);
  return time.toISOString();
}
