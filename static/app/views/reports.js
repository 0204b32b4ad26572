// The back office's reports over a period: how soon residents were answered, how much doctors and teams did, what
// became of contracts, how far announcements have reached. Each table can be saved for a program that calculates.

import { saveTable } from "../parts/csv.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt } from "../parts/feedback.js";
import { figure } from "../parts/figures.js";
import { field } from "../parts/form.js";
import { plain } from "../parts/people.js";
import { table } from "../parts/table.js";
import { duration, fullTime, localTime } from "../parts/time.js";
import { t } from "../state/language.js";

const USUAL = 30; // days
const MOST_ANNOUNCEMENTS = 100;

/** @param {import("../../client/jiayi.js").Jiayi} jiayi */
export function reports(jiayi) {
  return {
    show(element) {
      const result = h("div", { "aria-live": "polite" });
      const from = h("input", { name: "from", type: "date", required: true, value: day(1 - USUAL) });
      const until = h("input", { name: "until", type: "date", required: true, value: day(0) });
      const state = h("p", { role: "status" });
      const show = h("button", { class: "primary", type: "submit" }, t("Count"));
      const draw = async () => {
        const name = `${from.value} – ${until.value}`;
        const all = await readAll(jiayi, midnight(from.value, 0), midnight(until.value, 1));
        fill(result, content(all, name));
      };
      /** Until it is counted, and where that fails, what was there before is shown. */
      const count = () => {
        show.disabled = true;
        fill(state, t("It is being counted…"));
        attempt(draw).finally(() => {
          show.disabled = false;
          fill(state);
        });
      };
      const onsubmit = (event) => {
        event.preventDefault();
        count();
      };
      const period = h(
        "form",
        { class: "card period", onsubmit },
        field(t("From"), from),
        field(t("Until"), until),
        h("p", { class: "actions" }, show),
      );
      fill(element, h("h1", {}, t("Reports")), period, state, result);
      count();
    },
  };
}

/** The day so many days from today, as an input has it. */
function day(offset) {
  const date = new Date();
  date.setDate(date.getDate() + offset);
  return localTime(date).slice(0, 10);
}

/** When a day begins here, or the one so many days after it. @param {string} text */
function midnight(text, offset) {
  const date = new Date(`${text}T00:00`);
  date.setDate(date.getDate() + offset);
  return date.toISOString();
}

/** One after the other: the server counts few things at once for one account. */
async function readAll(jiayi, from, until) {
  const work = await jiayi.get("report/work", { from, until });
  const contracts = await jiayi.get("report/contracts", { from, until });
  const lists = ["platform", "socialpush"].map((path) => announcements(jiayi, path, from, until));
  const kinds = await Promise.all(lists);
  const isWhole = kinds.every(({ isWhole }) => isWhole);
  return { work, contracts, sent: kinds.flatMap(({ reached }) => reached), isWhole };
}

/** The newest announcements of a period with how far they have reached, and whether these are all. */
async function announcements(jiayi, path, from, until) {
  const found = [];
  for (let before = undefined; ;) {
    const { items, next } = await jiayi.get(`${path}/list`, { limit: 50, before });
    const times = items.map(({ createtime }) => new Date(createtime));
    found.push(
      ...items.filter((_, index) => times[index] >= new Date(from) && times[index] < new Date(until)),
    );
    const isOver = times.length > 0 && times[times.length - 1] < new Date(from);
    if (next === null || isOver || found.length > MOST_ANNOUNCEMENTS) break;
    before = next;
  }
  const reached = [];
  for (const { topicid, title, createtime } of found.slice(0, MOST_ANNOUNCEMENTS)) {
    const reach = await jiayi.get("report", { topicid });
    reached.push({ title, createtime, ...reach });
  }
  return { reached, isWhole: found.length <= MOST_ANNOUNCEMENTS };
}

function content({ work, contracts, sent, isWhole }, period) {
  const { all } = work;
  const rest = t("The newest {0} of each kind at most; older ones are left out.", MOST_ANNOUNCEMENTS);
  return [
    h("p", { class: "lead" }, period),
    h("h2", {}, t("Questions of residents")),
    h(
      "dl",
      { class: "figures" },
      figure(t("Asked"), all.questions),
      figure(t("Answered"), all.answered),
      figure(t("Waiting"), all.waiting),
      figure(t("Half answered within"), time(all.median)),
      figure(t("Nine of ten within"), time(all.p90)),
    ),
    card(t("Doctors"), period, doctorColumns, doctorRows(work.doctors, contracts.doctors)),
    card(t("Teams"), period, teamColumns, teamRows(work.teams, contracts.teams)),
    card(t("Announcements"), period, reachColumns, sent, isWhole ? "" : rest),
  ];
}

const time = (seconds) => (seconds === null ? null : duration(seconds));

/** The columns of a table: what heads each, what it shows of a row; and both as a file bears them. */
const column = (head, shown, savedHead = head, saved = shown) => ({ head, shown, savedHead, saved });
const number = (head, name) => column(head, (row) => row[name] ?? 0);
const seconds = (head, name) => {
  const shown = (row) => time(row[name] ?? null) ?? "–";
  return column(head, shown, t("{0}, in seconds", head), (row) => row[name]);
};

const answerColumns = [
  number(t("Answered"), "answered"),
  seconds(t("Half answered within"), "median"),
  seconds(t("Nine of ten within"), "p90"),
];
const contractColumns = [
  number(t("Applied for"), "applied"),
  number(t("Signed"), "signed"),
  number(t("Refused"), "rejected"),
  number(t("Ended"), "ended"),
];
const nameColumn = (head) => column(head, ({ name }) => plain(name));
const doctorColumns = [
  nameColumn(t("Doctor")),
  number(t("Messages"), "messages"),
  ...answerColumns,
  ...contractColumns,
];
const teamColumns = [
  nameColumn(t("Team")),
  number(t("Questions"), "questions"),
  number(t("Waiting"), "waiting"),
  ...answerColumns,
  ...contractColumns,
  number(t("Contracts in force"), "inforce"),
];
const reachColumns = [
  column(t("Title"), ({ title }) => plain(title)),
  column(t("When"), ({ createtime }) => fullTime(createtime)),
  number(t("To"), "stored"),
  number(t("Sent out"), "delivered"),
  number(t("Received"), "acknowledged"),
  number(t("Read"), "read"),
];

/** Each doctor once, with what is known of them in either report. */
function doctorRows(work, contracts) {
  const rows = new Map(contracts.map((row) => [row.uid, row]));
  for (const row of work) rows.set(row.uid, { ...rows.get(row.uid), ...row });
  return [...rows.values()].sort((one, other) => (other.messages ?? 0) - (one.messages ?? 0));
}

function teamRows(work, contracts) {
  const known = new Map(contracts.map((row) => [row.stid, row]));
  return work.map((row) => ({ ...known.get(row.stid), ...row }));
}

/** A table with a button that saves it. `rest` says what is not in it, if anything. */
function card(title, period, columns, rows, rest = "") {
  const heads = columns.map(({ head }) => head);
  const shown = rows.map((row) => columns.map((one) => one.shown(row)));
  const savedHeads = columns.map(({ savedHead }) => savedHead);
  const savedRows = () => rows.map((row) => columns.map((one) => one.saved(row)));
  const saved = () => [savedHeads, ...savedRows(), ...(rest ? [[rest]] : [])];
  const region = { class: "wide-table", tabindex: 0, role: "region", "aria-label": title };
  const label = { "aria-label": t("{0}: {1}", t("Save as CSV"), title) };
  const onclick = () => saveTable(`${title} ${period}`, saved());
  return h(
    "section",
    { class: "card" },
    h("h2", {}, title),
    rest && h("p", {}, rest),
    h("div", region, rows.length ? table(heads, shown) : empty(t("There is none."))),
    rows.length > 0 && button(t("Save as CSV"), onclick, label),
  );
}
