// The back office's teams and communities: what there is, one more, changing, closing.

import { ask } from "../parts/dialog.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { field, form } from "../parts/form.js";
import { named } from "../parts/people.js";
import { more } from "../parts/table.js";
import { t } from "../state/language.js";

const DOCTOR = "doctor "; // before the uid, in the name of a box to tick

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {() => Promise<object[]>} communities
 */
export function places(jiayi, communities) {
  const show = (element) =>
    attempt(async () => {
      const lists = [communities(), jiayi.all("team/list"), jiayi.all("doctor/list")];
      const [towns, teams, doctors] = await Promise.all(lists);
      const done = () => {
        note(t("Done."));
        show(element);
      };
      const cards = [teamCard(jiayi, { towns, teams, doctors }, done), townCard(jiayi, towns, done)];
      fill(element, h("h1", {}, t("Teams")), cards);
    });
  return { show: (element) => void show(element) };
}

function teamCard(jiayi, { towns, teams, doctors }, done) {
  const townNames = new Map(towns.map(({ communityid, name }) => [communityid, name]));
  const doctorNames = new Map(doctors.map(({ uid, name }) => [uid, named({ name, role: "doctor" })]));
  const about = (team) => {
    const members = team.doctors.map((uid) => doctorNames.get(uid)).filter(Boolean);
    return [townNames.get(team.communityid), members.join(", ")].filter(Boolean).join(" · ");
  };
  const kind = {
    path: "team",
    title: t("Teams"),
    idOf: ({ stid }) => ({ stid }),
    about,
    fields: (team) => teamFields(team, towns, doctors),
    read: readTeam,
  };
  return card(jiayi, kind, teams, done);
}

function townCard(jiayi, towns, done) {
  const kind = {
    path: "community",
    title: t("Communities"),
    idOf: ({ communityid }) => ({ communityid }),
    about: () => null,
    fields: (town) => [nameField(town.name)],
    read: ({ name }) => ({ name }),
  };
  return card(jiayi, kind, towns, done);
}

/** What there is of one kind, with a form for one more. */
function card(jiayi, kind, items, done) {
  const rows = items.map((item) => row(jiayi, kind, item, done));
  const creation = form({
    plain: true,
    fields: kind.fields({}),
    submit: t("Make"),
    send: (values) => jiayi.post(`${kind.path}/create`, kind.read(values)),
    done,
  });
  const list = rows.length ? h("ul", { class: "rows" }, rows) : empty(t("There is none."));
  return h("section", { class: "card" }, h("h2", {}, kind.title), list, more(t("One more"), creation));
}

function row(jiayi, kind, item, done) {
  const { name, disabled } = item;
  const post = (action, body) =>
    attempt(async () => {
      await jiayi.post(`${kind.path}/${action}`, { ...kind.idOf(item), ...body });
      done();
    });
  const change = async () => {
    const title = t("Change {0}", name);
    const values = await ask({ title, confirm: t("Save"), fields: kind.fields(item) });
    if (values) post("update", kind.read(values));
  };
  const close = async () => {
    if (await ask({ title: t("Close {0}?", name), confirm: t("Close"), danger: true })) post("disable", {});
  };
  const reopen = () => post("disable", { disabled: false });
  const about = kind.about(item);
  const closed = disabled && h("span", { class: "tagged" }, t("closed"));
  return h(
    "li",
    {},
    h("span", { class: "grow" }, h("strong", {}, name), about && h("small", {}, about), closed),
    h(
      "span",
      { class: "actions" },
      button(t("Change"), change, { "aria-label": t("Change {0}", name) }),
      disabled
        ? button(t("Open again"), reopen, { "aria-label": t("Open {0} again", name) })
        : button(t("Close"), close, { "aria-label": t("Close {0}", name) }),
    ),
  );
}

const nameField = (name = "") => field(t("Name"), h("input", { name: "name", required: true, value: name }));

function teamFields(team, towns, doctors) {
  const places = towns
    .filter(({ disabled }) => !disabled)
    .map(({ communityid, name }) => [communityid, name]);
  // A team may have doctors with open accounts, and those whom it has already.
  const candidates = doctors.filter(({ uid, disabled }) => !disabled || team.doctors?.includes(uid));
  const leaders = candidates.map(({ uid, name }) => [uid, name]);
  const box = ({ uid, name }) => {
    const props = { type: "checkbox", name: DOCTOR + uid, checked: team.doctors?.includes(uid) };
    return h("label", { class: "tick" }, h("input", props), name);
  };
  return [
    nameField(team.name),
    field(t("Community"), choice("communityid", places, team.communityid)),
    field(t("Leader"), choice("leader", leaders, team.leader)),
    h("fieldset", {}, h("legend", {}, t("Doctors")), candidates.map(box)),
  ];
}

/** A team, as the fields describe it. Its leader is one of its doctors. */
function readTeam({ name, communityid, leader, ...ticks }) {
  const ticked = Object.keys(ticks).map((tick) => tick.slice(DOCTOR.length));
  return { name, communityid, leader, doctors: [...new Set([leader, ...ticked])] };
}

function choice(name, pairs, chosen) {
  const options = pairs.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
  return h("select", { name, required: true }, options);
}
