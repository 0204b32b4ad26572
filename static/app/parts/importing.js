// Importing people from a CSV file: it is checked first, every line of it; what can be imported then is, part by part.
// First passwords are saved before anybody is made, so that none is lost if this page is closed meanwhile.

import { t } from "../state/language.js";
import { saveTable } from "./csv.js";
import { button, fill, h } from "./dom.js";
import { attempt, explain, explainField } from "./feedback.js";
import { field } from "./form.js";
import { plain } from "./people.js";
import { more, table } from "./table.js";

const PART = 25; // how many are made by one request
const SHOWN = 100; // how many lines of a list are shown

/** The columns of a file, by the fields of a row; the last two are what every kind has. */
const COLUMNS = {
  user: { name: t("Name"), phone: t("Phone") },
  doctor: { name: t("Name"), title: t("Job title"), account: t("Login name") },
};
const COMMON = { community: t("Community"), password: t("Password") };

const EXAMPLES = { name: "王芳", phone: "13800000001", title: "主治医师", account: "doctor8" };

/**
 * Fills an element with all that importing takes.
 * @param {HTMLElement} element
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {"user"|"doctor"} kind
 * @param {{communityid: string, name: string}[]} places the open communities
 * @param {() => void} onMade
 */
export function importing(element, jiayi, kind, places, onMade) {
  const columns = { ...COLUMNS[kind], ...COMMON };
  const heads = Object.values(columns);
  const result = h("div", { "aria-live": "polite" });
  const nowhere = h("option", { value: "" }, t("as the file says"));
  const options = places.map(({ communityid, name }) => h("option", { value: communityid }, name));
  const place = h("select", { name: "communityid", onchange: () => check() }, nowhere, options);
  /** @type {File|undefined} */
  let chosen;
  let checks = 0; // an answer that comes late is no longer wanted
  const onchange = () => {
    if (!file.files.length) return;
    [chosen] = file.files;
    file.value = ""; // the same one can be chosen again
    check();
  };
  const file = h("input", { name: "file", type: "file", accept: ".csv,text/csv", onchange });
  const example = () => {
    const row = Object.keys(columns).map((name) => EXAMPLES[name] ?? "");
    saveTable(t("Example"), [
      heads,
      row.map((cell, index) => (heads[index] === COMMON.community ? places[0]?.name : cell)),
    ]);
  };

  const check = async () => {
    if (!chosen) return;
    const number = ++checks;
    fill(result, h("p", {}, t("The file is being checked…")));
    const form = new FormData();
    form.append("file", chosen);
    const query = place.value ? `?communityid=${place.value}` : "";
    const preview = await attempt(() => jiayi.post(`${kind}/import/check${query}`, form));
    if (number === checks) fill(result, preview && previewOf(preview));
  };

  const previewOf = ({ rows, faults, ignored }) => {
    const wrong = new Set(faults.map(({ line }) => line)).size;
    const start = button(t("Import {0} people", rows.length), () => run(rows), { class: "primary" });
    return [
      h("p", {}, h("bdi", {}, plain(chosen.name))),
      h("p", {}, h("strong", {}, t("{0} can be imported; {1} lines cannot.", rows.length, wrong))),
      ignored.length > 0 && h("p", {}, t("Columns that are not used: {0}", ignored.map(plain).join(", "))),
      faults.length > 0 && faultsOf(faults),
      rows.length > 0 && more(t("Who is imported"), peopleOf(rows)),
      rows.length > 0 && [
        h(
          "p",
          { class: "lead" },
          t("A list with their passwords is saved first. It opens every account: keep it safe."),
        ),
        h("p", { class: "actions" }, start),
      ],
    ];
  };

  const peopleOf = (rows) => {
    const cells = rows
      .slice(0, SHOWN)
      .map((row) => [row.line, ...Object.keys(COLUMNS[kind]).map((name) => plain(row[name]))]);
    return wide(t("Who is imported"), [t("Line"), ...Object.values(COLUMNS[kind])], cells);
  };

  const listOf = (rows) => {
    const named = (id) => places.find(({ communityid }) => communityid === id)?.name ?? id;
    const cells = ({ communityid, ...row }) =>
      Object.keys(columns).map((name) => (name === "community" ? named(communityid) : row[name]));
    return [heads, ...rows.map(cells)];
  };

  const savePasswords = (rows) => saveTable(t("First passwords"), listOf(rows));

  /** Another file would take the place of what is under way. */
  const hold = (isHeld) => {
    place.disabled = file.disabled = isHeld;
  };

  /** Makes them, part by part; where that fails, it goes on from there when it is asked to. */
  const run = (rows) => {
    savePasswords(rows);
    const bar = h("progress", { max: rows.length, value: 0, "aria-label": t("How far it has come") });
    const words = h("p", {});
    const end = h("div", {});
    fill(result, bar, words, end);
    const outcomes = [];
    const goOn = async () => {
      fill(end);
      hold(true);
      try {
        while (outcomes.length < rows.length) {
          fill(words, t("{0} of {1}", outcomes.length, rows.length));
          const part = rows.slice(outcomes.length, outcomes.length + PART);
          const { accounts } = await jiayi.post(`${kind}/import`, { rows: part });
          outcomes.push(...accounts.map(({ outcome }) => outcome));
          bar.value = outcomes.length;
        }
        fill(words);
        fill(end, endOf(rows, outcomes));
      } catch (problem) {
        if (problem.code === undefined) throw problem;
        fill(end, h("p", { class: "error", role: "alert" }, explain(problem)), button(t("Go on"), goOn));
      } finally {
        hold(false);
      }
      onMade();
    };
    return goOn();
  };

  const endOf = (rows, outcomes) => {
    const made = rows.filter((_, index) => outcomes[index] === "made");
    const existed = rows.filter((_, index) => outcomes[index] === "existed");
    return [
      h("p", {}, h("strong", {}, t("{0} accounts were made.", made.length))),
      existed.length > 0 &&
        h(
          "p",
          {},
          t("Lines whose account was there already: {0}", existed.map(({ line }) => line).join(", ")),
        ),
      made.length > 0 && button(t("Save the list once more"), () => savePasswords(made)),
    ];
  };

  fill(
    element,
    h("p", {}, t("A CSV file, whose first line names its columns: {0}.", heads.join(", "))),
    h(
      "p",
      {},
      h("small", {}, t("Without a password, one is made up. 5,000 lines at most, in UTF-8 or GB 18030.")),
    ),
    field(t("Community"), place),
    field(t("File"), file),
    button(t("Save an example"), example, { class: "quiet" }),
    result,
  );
}

function faultsOf(faults) {
  const cells = faults.map(({ line, ...fault }) => [line, explainField(fault)]);
  const heads = [t("Line"), t("What is wrong")];
  const rest = faults.length > SHOWN && h("p", {}, t("{0} in all", faults.length));
  const all = button(t("Save as CSV"), () => saveTable(t("What is wrong"), [heads, ...cells]), {
    class: "quiet",
  });
  return [wide(t("What is wrong"), heads, cells.slice(0, SHOWN)), rest, all];
}

function wide(label, heads, cells) {
  return h(
    "div",
    { class: "wide-table", tabindex: 0, role: "region", "aria-label": label },
    table(heads, cells),
  );
}
