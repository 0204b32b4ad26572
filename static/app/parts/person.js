// Who a resident is, as a card: age, sex, illnesses, allergies, contract, next appointments; and writing it.

import { t } from "../state/language.js";
import { contractStates } from "./contracts.js";
import { ask } from "./dialog.js";
import { button, fill, h } from "./dom.js";
import { attempt, note } from "./feedback.js";
import { field } from "./form.js";
import { plain } from "./people.js";
import { fullTime } from "./time.js";

const LONGEST = 500; // characters of what is known of somebody, as the server has it
const SEXES = { female: t("Woman"), male: t("Man") };
const NAMES = {
  birthdate: t("Born"),
  sex: t("Sex"),
  illnesses: t("Long-term illnesses"),
  allergies: t("Allergies"),
};

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {string} path where the card is read
 * @param {object} params
 * @param {boolean} mayWrite
 * @returns {HTMLElement}
 */
export function personCard(jiayi, path, params = {}, mayWrite = true) {
  const element = h("div", { class: "person" });
  const draw = (card) => fill(element, ...facts(card), mayWrite && editButton(card));
  const editButton = (card) =>
    h(
      "p",
      { class: "actions" },
      button(t("Edit"), () => edit(card)),
    );
  const edit = async (card) => {
    const changed = await askFacts(card);
    if (changed) await attempt(() => save(changed));
  };
  const read = async () => draw(await jiayi.get(path, params));
  const save = async (changed) => {
    try {
      draw(await jiayi.post(`${path}/update`, { ...params, ...changed }));
      note(t("Saved."));
    } catch (problem) {
      if (problem.code !== "FA_CONFLICT") throw problem;
      await read();
      note(t("Somebody else has written here meanwhile. Read it, and edit again."));
    }
  };
  attempt(read);
  return element;
}

function facts({ birthdate, sex, illnesses, allergies, contract, reservations }) {
  const row = (name, value, fact) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, value, fact && author(fact)));
  const text = (fact) => (fact ? h("span", { class: "words" }, fact.content) : unknown());
  const born = birthdate && t("{0} years, {1}", ageOf(birthdate.content), birthdate.content);
  const warned = allergies ? h("strong", { class: "words warned" }, allergies.content) : unknown();
  const state = contract && [contract.team, " ", h("small", {}, contractStates[contract.status])];
  const coming = reservations.map(({ time, reason }) => h("div", {}, fullTime(time), " ", plain(reason)));
  return [
    h(
      "dl",
      { class: "facts" },
      row(t("Age"), born || unknown()),
      row(NAMES.sex, sex ? SEXES[sex.content] : unknown()),
      row(NAMES.illnesses, text(illnesses), illnesses),
      row(NAMES.allergies, warned, allergies),
      state && row(t("Contract"), state),
      coming.length > 0 && row(t("Appointments"), coming),
    ),
  ];
}

const unknown = () => h("small", {}, t("not known"));

/** Who has written a fact, and when. */
function author({ by, updatetime }) {
  return h("small", { class: "by" }, t("{0}, {1}", plain(by.name), fullTime(updatetime)));
}

/** Whole years since a day of birth. @param {string} birthdate as YYYY-MM-DD @returns {number} */
function ageOf(birthdate) {
  const [year, month, day] = birthdate.split("-").map(Number);
  const today = new Date();
  const isBefore = today.getMonth() + 1 < month || (today.getMonth() + 1 === month && today.getDate() < day);
  return today.getFullYear() - year - (isBefore ? 1 : 0);
}

/**
 * Asks what is to be written; only what was changed, so that the rest keeps its author, and what was there before.
 * Null if nothing is.
 */
async function askFacts(card) {
  const known = (name) => card[name]?.content ?? "";
  const area = (name) => {
    const element = h("textarea", { name, rows: 3, maxlength: LONGEST });
    element.value = known(name);
    return field(NAMES[name], element);
  };
  const options = Object.entries({ "": t("not known"), ...SEXES }).map(([value, text]) =>
    h("option", { value, selected: value === known("sex") }, text),
  );
  const day = new Date().toISOString().slice(0, 10);
  const born = { name: "birthdate", type: "date", min: "1880-01-01", max: day, value: known("birthdate") };
  const fields = [
    field(NAMES.birthdate, h("input", born)),
    field(NAMES.sex, h("select", { name: "sex" }, options)),
    area("illnesses"),
    area("allergies"),
  ];
  const answer = await ask({ title: t("About {0}", plain(card.name)), confirm: t("Save"), fields });
  const shown = (name) => known(name).replace(/\r\n?/g, "\n"); // as a field gives it back
  const changed = Object.entries(answer ?? {}).filter(([name, text]) => text.trim() !== shown(name));
  const seen = changed.map(([name]) => [name, known(name)]);
  return changed.length ? { ...Object.fromEntries(changed), seen: Object.fromEntries(seen) } : null;
}
