// The back office's people: residents, doctors, administrators. Each is a table of accounts, a form for
// one more, and what can be done with an account.

import { ask, attempt, empty, field, fill, form, h, note } from "./dom.js";
import { t } from "./words.js";

const input = (name, options = {}) => h("input", { name, required: true, ...options });
const password = () => field(t("Password"), input("password", { type: "password", minlength: 8, autocomplete: "new-password" }), t("8 characters at least"));

const KINDS = () => [
  { id: "user", title: t("Residents"), fields: (place) => [field(t("Name"), input("name")), field(t("Phone"), input("phone", { type: "tel" })), password(), place()] },
  { id: "doctor", title: t("Doctors"), fields: (place) => [field(t("Name"), input("name")), field(t("Job title"), input("title", { required: false })),
    field(t("Login name"), input("account")), password(), place()] },
  { id: "admin", title: t("Administrators"), fields: () => [field(t("Name"), input("name")), field(t("Login name"), input("account")), password()] },
];

/** @param {import("../client/jiayi.js").Jiayi} jiayi */
export function people(jiayi, communities) {
  const card = ({ id, title, fields }, places) => {
    const list = h("div", { class: "wide-table", tabindex: 0, role: "region", "aria-label": title });
    const named = new Map(places.map(({ communityid, name }) => [communityid, name]));
    const open = places.filter(({ disabled }) => !disabled);
    const place = () => field(t("Community"), h("select", { name: "communityid", required: true }, open.map(({ communityid, name }) => h("option", { value: communityid }, name))));
    const draw = () => attempt(async () => {
      const items = await jiayi.all(`${id}/list`);
      fill(list, items.length ? table([t("Name"), t("Login name"), t("Community"), ""], items.map((item) => [
        [item.name, " ", h("small", {}, item.title ?? ""), item.disabled && h("span", { class: "tagged" }, t("closed"))],
        item.account, named.get(item.communityid) ?? "", actions(item)])) : empty(t("There is none.")));
    });
    const actions = (item) => h("span", { class: "actions" },
      h("button", { type: "button", "aria-label": t("Change the account of {0}", item.name), onclick: () => change(item) }, t("Change")),
      item.disabled && h("button", { type: "button", "aria-label": t("Open the account of {0} again", item.name), onclick: () => set(item, { disabled: false }) }, t("Open again")),
      !item.disabled && item.uid !== jiayi.me.uid && h("button", { type: "button", "aria-label": t("Close the account of {0}", item.name), onclick: () => close(item) }, t("Close")));
    const set = async ({ uid }, more) => {
      await attempt(() => jiayi.post(`${id}/disable`, { uid, ...more }));
      draw();
    };
    const close = async (item) => await ask({ title: t("Close the account of {0}?", item.name), confirm: t("Close"), danger: true }) && set(item, {});
    const change = async (item) => {
      const prefilled = fields(place);
      const before = { ...item, phone: item.account };
      for (const element of prefilled.flatMap((one) => [...one.querySelectorAll("[name]")])) {
        if (element.name === "password") Object.assign(element, { required: false, placeholder: t("as it was") });
        else element.value = before[element.name] ?? "";
      }
      const values = await ask({ title: t("Change the account of {0}", item.name), confirm: t("Save"), fields: prefilled });
      const changed = Object.entries(filled(values ?? {})).filter(([name, value]) => value !== before[name]);
      if (changed.length && await attempt(() => jiayi.post(`${id}/update`, { uid: item.uid, ...Object.fromEntries(changed) }))) note(t("Done."));
      draw();
    };
    draw();
    return h("section", { class: "card" }, h("h2", {}, title), list, more(t("One more"), form({
      plain: true, fields: fields(place), submit: t("Make"),
      send: (values) => jiayi.post(`${id}/create`, filled(values)),
      done: (_, element) => { note(t("Done.")); element.reset(); draw(); },
    })));
  };
  return { id: "people", label: t("People"), icon: "person", show(main) {
    attempt(async () => {
      const places = await communities();
      fill(main, h("h1", {}, t("People")), KINDS().map((kind) => card(kind, places)));
    });
  } };
}

/** What is hidden until it is wanted. */
export const more = (title, content) => h("details", {}, h("summary", {}, title), content);

const filled = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));

/** A table of these columns. */
export function table(heads, rows) {
  return h("table", {}, h("thead", {}, h("tr", {}, heads.map((head) => (head ? h("th", { scope: "col" }, head) : h("td", {}))))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell))))));
}
