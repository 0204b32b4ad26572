// The back office's teams and communities: what there is, one more, another name, closing.

import { ask, attempt, empty, field, fill, form, h, note } from "./dom.js";
import { more } from "./accounts.js";
import { t } from "./words.js";

/** @param {import("../client/jiayi.js").Jiayi} jiayi */
export function places(jiayi, communities) {
  const show = (main) => attempt(async () => {
    const [towns, teams, doctors] = await Promise.all([communities(), jiayi.all("team/list"), jiayi.all("doctor/list")]);
    const town = new Map(towns.map(({ communityid, name }) => [communityid, name]));
    const physician = new Map(doctors.map(({ uid, name }) => [uid, name]));
    const again = () => { note(t("Done.")); show(main); };

    const nameField = (name = "") => field(t("Name"), h("input", { name: "name", required: true, value: name }));
    const teamFields = (team = {}) => [
      nameField(team.name),
      field(t("Community"), options("communityid", towns.filter(({ disabled }) => !disabled).map(({ communityid, name }) => [communityid, name]), team.communityid)),
      field(t("Leader"), options("leader", present(team).map(({ uid, name }) => [uid, name]), team.leader)),
      h("fieldset", {}, h("legend", {}, t("Doctors")), present(team).map(({ uid, name }) =>
        h("label", { class: "tick" }, h("input", { type: "checkbox", name: `doctor ${uid}`, checked: team.doctors?.includes(uid) }), name))),
    ];
    /** Whom a team may have: doctors with open accounts, and those whom it has. */
    const present = (team) => doctors.filter(({ uid, disabled }) => !disabled || team.doctors?.includes(uid));
    const chosen = ({ name, communityid, leader, ...ticks }) =>
      ({ name, communityid, leader, doctors: [...new Set([leader, ...Object.keys(ticks).map((tick) => tick.slice("doctor ".length))])] });

    const row = (item, path, about, change) => h("li", {},
      h("span", { class: "grow" }, h("strong", {}, item.name), about && h("small", {}, about), item.disabled && h("span", { class: "tagged" }, t("closed"))),
      h("span", { class: "actions" },
        h("button", { type: "button", "aria-label": t("Change {0}", item.name), onclick: change }, t("Change")),
        item.disabled ? h("button", { type: "button", "aria-label": t("Open {0} again", item.name), onclick: () => set(path, { disabled: false }) }, t("Open again"))
          : h("button", { type: "button", "aria-label": t("Close {0}", item.name), onclick: async () => {
            if (await ask({ title: t("Close {0}?", item.name), confirm: t("Close"), danger: true })) set(path, {});
          } }, t("Close"))));
    const set = ({ kind, id }, more) => attempt(async () => {
      await jiayi.post(`${kind}/disable`, { ...id, ...more });
      again();
    });
    const change = (title, { kind, id }, fields, read) => async () => {
      const values = await ask({ title, confirm: t("Save"), fields: fields() });
      if (values && await attempt(() => jiayi.post(`${kind}/update`, { ...id, ...read(values) }))) again();
    };

    const teamRow = (team) => {
      const path = { kind: "team", id: { stid: team.stid } };
      const about = [town.get(team.communityid), team.doctors.map((uid) => physician.get(uid)).filter(Boolean).join(", ")].filter(Boolean).join(" · ");
      return row(team, path, about, change(t("Change {0}", team.name), path, () => teamFields(team), chosen));
    };
    const townRow = (place) => {
      const path = { kind: "community", id: { communityid: place.communityid } };
      return row(place, path, null, change(t("Change {0}", place.name), path, () => [nameField(place.name)], ({ name }) => ({ name })));
    };
    const card = (title, rows, fields, send) => h("section", { class: "card" }, h("h2", {}, title),
      rows.length ? h("ul", { class: "rows" }, rows) : empty(t("There is none.")),
      more(t("One more"), form({ plain: true, fields, submit: t("Make"), send, done: again })));
    fill(main, h("h1", {}, t("Teams")),
      card(t("Teams"), teams.map(teamRow), teamFields(), (values) => jiayi.post("team/create", chosen(values))),
      card(t("Communities"), towns.map(townRow), [nameField()], (values) => jiayi.post("community/create", values)));
  });
  return { id: "teams", label: t("Teams"), icon: "group", show(main) { show(main); } };
}

const options = (name, pairs, chosen) =>
  h("select", { name, required: true }, pairs.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
