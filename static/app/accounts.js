// The back office's lists: residents, doctors, administrators, teams, communities. Each is a table of
// what there is, a form for one more, and what can be done with an entry.

import { ask, attempt, empty, field, fill, form, h, note } from "./dom.js";
import { t } from "./words.js";

const input = (name, options = {}) => h("input", { name, required: true, ...options });
const password = () => field(t("Password"), input("password", { type: "password", minlength: 8, autocomplete: "new-password" }), t("8 characters at least"));

/** @param {import("../client/jiayi.js").Jiayi} jiayi */
export function people(jiayi, communities) {
  const place = (places) => field(t("Community"), h("select", { name: "communityid", required: true }, places.map(({ communityid, name }) => h("option", { value: communityid }, name))));
  const kinds = [
    { id: "user", title: t("Residents"), fields: (places) => [field(t("Name"), input("name")), field(t("Phone"), input("phone", { type: "tel" })), password(), place(places)] },
    { id: "doctor", title: t("Doctors"), fields: (places) => [field(t("Name"), input("name")), field(t("Job title"), input("title", { required: false })), field(t("Login name"), input("account")), password(), place(places)] },
    { id: "admin", title: t("Administrators"), fields: () => [field(t("Name"), input("name")), field(t("Login name"), input("account")), password()] },
  ];
  const card = ({ id, title, fields }, places) => {
    const list = h("div", { class: "wide-table", tabindex: 0, role: "region", "aria-label": title });
    const named = new Map(places.map(({ communityid, name }) => [communityid, name]));
    const draw = () => attempt(async () => {
      const items = await jiayi.all(`${id}/list`);
      fill(list, items.length ? table([t("Name"), t("Login name"), t("Community"), ""], items.map((item) => [
        [item.name, " ", h("small", {}, item.title ?? "")], item.account, named.get(item.communityid) ?? "",
        item.disabled ? [h("span", { class: "tagged" }, t("closed")), " ", h("button", { type: "button", "aria-label": t("Open the account of {0} again", item.name), onclick: () => reopen(id, item, draw) }, t("Open again"))] : item.uid !== jiayi.me.uid && h("button", { type: "button", "aria-label": t("Close the account of {0}", item.name), onclick: () => close(id, item, draw) }, t("Close")),
      ])) : empty(t("There is none.")));
    });
    draw();
    return h("section", { class: "card" }, h("h2", {}, title), list, more(t("One more"), form({
      plain: true, fields: fields(places), submit: t("Make"),
      send: (values) => jiayi.post(`${id}/create`, filled(values)),
      done: (_, element) => { note(t("Done.")); element.reset(); draw(); },
    })));
  };
  const close = async (id, item, draw) => {
    if (!await ask({ title: t("Close the account of {0}?", item.name), confirm: t("Close"), danger: true })) return;
    await attempt(() => jiayi.post(`${id}/disable`, { uid: item.uid }));
    draw();
  };
  const reopen = async (id, { uid }, draw) => {
    await attempt(() => jiayi.post(`${id}/disable`, { uid, disabled: false }));
    draw();
  };
  return { id: "people", label: t("People"), icon: "person", show(main) {
    attempt(async () => {
      const places = await communities();
      fill(main, h("h1", {}, t("People")), kinds.map((kind) => card(kind, places)));
    });
  } };
}

/** @param {import("../client/jiayi.js").Jiayi} jiayi */
export function places(jiayi, communities) {
  const show = (main) => attempt(async () => {
    const [towns, teams, doctors] = await Promise.all([communities(), jiayi.all("team/list"), jiayi.all("doctor/list")]);
    const named = new Map(towns.map(({ communityid, name }) => [communityid, name]));
    const physician = new Map(doctors.map(({ uid, name }) => [uid, name]));
    const physicians = doctors.filter(({ disabled }) => !disabled).map(({ uid, name }) => h("option", { value: uid }, name));
    const again = () => { note(t("Done.")); show(main); };
    fill(main, h("h1", {}, t("Teams")),
      h("section", { class: "card" }, h("h2", {}, t("Teams")),
        teams.length ? h("ul", { class: "rows" }, teams.map((team) => h("li", {}, h("span", { class: "grow" }, h("strong", {}, team.name), " ",
          h("small", {}, named.get(team.communityid) ?? "", " · ", team.doctors.map((uid) => physician.get(uid)).filter(Boolean).join(", ")))))) : empty(t("There is none.")),
        more(t("One more"), form({
          plain: true, submit: t("Make"),
          fields: [field(t("Name"), input("name")),
            field(t("Community"), h("select", { name: "communityid" }, towns.map(({ communityid, name }) => h("option", { value: communityid }, name)))),
            field(t("Leader"), h("select", { name: "leader" }, physicians)),
            field(t("Doctors"), h("select", { name: "doctors", multiple: true }, physicians.map((option) => option.cloneNode(true))))],
          send: (values) => jiayi.post("team/create", { ...values, doctors: [...main.querySelector("[name=doctors]").selectedOptions].map(({ value }) => value) }),
          done: again,
        }))),
      h("section", { class: "card" }, h("h2", {}, t("Communities")),
        h("ul", { class: "rows" }, towns.map(({ name }) => h("li", {}, name))),
        more(t("One more"), form({ plain: true, fields: [field(t("Name"), input("name"))], submit: t("Make"), send: (values) => jiayi.post("community/create", values), done: again }))));
  });
  return { id: "teams", label: t("Teams"), icon: "group", show };
}

const more = (title, content) => h("details", {}, h("summary", {}, title), content);
const filled = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));

/** A table of these columns. */
export function table(heads, rows) {
  return h("table", {}, h("thead", {}, h("tr", {}, heads.map((head) => (head ? h("th", { scope: "col" }, head) : h("td", {}))))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell))))));
}
