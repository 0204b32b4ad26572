// The back office's people: residents, doctors, administrators. Each kind is a table of accounts, which can be
// searched, a form for one more, an import of many, and what can be done with an account.

import { ask } from "../parts/dialog.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { find } from "../parts/find.js";
import { field, form } from "../parts/form.js";
import { loadModule } from "../parts/lazy.js";
import { named, plain, ROLES } from "../parts/people.js";
import { more, table } from "../parts/table.js";
import { t } from "../state/language.js";

const PAGE = 50; // accounts that are read at a time

const input = (name, options = {}) => h("input", { name, required: true, ...options });
const nameField = () => field(t("Name"), input("name"));
const accountField = () => field(t("Login name"), input("account"));
const titleField = () => field(t("Job title"), input("title", { required: false }));
const phoneField = () => field(t("Phone"), input("phone", { type: "tel" }));

function passwordField() {
  const props = { type: "password", minlength: 8, autocomplete: "new-password" };
  return field(t("Password"), input("password", props), t("8 characters at least"));
}

/** The kinds of accounts: `fields` makes those of a form, of which `place` chooses the community. */
const KINDS = [
  {
    id: "user",
    title: t("Residents"),
    isMany: true,
    fields: (place) => [nameField(), phoneField(), passwordField(), place()],
  },
  {
    id: "doctor",
    title: t("Doctors"),
    isMany: true,
    fields: (place) => [nameField(), titleField(), accountField(), passwordField(), place()],
  },
  { id: "admin", title: t("Administrators"), fields: () => [nameField(), accountField(), passwordField()] },
];

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {() => Promise<object[]>} communities
 */
export function people(jiayi, communities) {
  const show = (element) =>
    attempt(async () => {
      const [places, teams] = await Promise.all([communities(), jiayi.all("team/list")]);
      fill(
        element,
        h("h1", {}, t("People")),
        KINDS.map((kind) => card(jiayi, kind, places, teams)),
      );
    });
  return { show: (element) => void show(element) };
}

/** One kind of accounts. */
function card(jiayi, { id, title, isMany, fields }, places, teams) {
  const list = h("div", { class: "wide-table", tabindex: 0, role: "region", "aria-label": title });
  const open = places.filter(({ disabled }) => !disabled);
  const placeField = () => field(t("Community"), placeChoice(open));
  const post = (action, body) => jiayi.post(`${id}/${action}`, body);

  let drawing = 0; // an answer that comes late is no longer wanted
  const draw = () =>
    attempt(async () => {
      const number = ++drawing;
      const query = { ...search.query(), limit: PAGE };
      const page = await jiayi.get(`${id}/list`, query);
      if (number !== drawing) return;
      const rowsOf = ({ items }) => items.map((item) => accountRow(item, places, actions(item)));
      const heads = [ROLES[id], t("Login name"), t("Community"), ""];
      const shown = page.items.length ? table(heads, rowsOf(page)) : empty(t("There is none."));
      fill(list, shown, page.next && moreButton(shown, query, page.next, rowsOf));
    });

  /** Puts the next page below what is shown. */
  const moreButton = (shown, query, before, rowsOf) => {
    const onclick = () =>
      attempt(async () => {
        const page = await jiayi.get(`${id}/list`, { ...query, before });
        shown.tBodies[0].append(...table([], rowsOf(page)).tBodies[0].rows);
        if (page.next) end.replaceWith(moreButton(shown, query, page.next, rowsOf));
        else end.remove();
      });
    const end = button(t("Show more"), onclick, { class: "quiet" });
    return end;
  };
  const search = find({ teams: isMany ? teams : [] }, draw);

  const actions = (item) => {
    const { uid, disabled } = item;
    const name = plain(item.name);
    const canClose = !disabled && uid !== jiayi.me.uid;
    const labelled = (label) => ({ "aria-label": label });
    return h(
      "span",
      { class: "actions" },
      button(t("Change"), () => change(item), labelled(t("Change the account of {0}", name))),
      disabled &&
        button(t("Open again"), () => reopen(uid), labelled(t("Open the account of {0} again", name))),
      canClose && button(t("Close"), () => close(item), labelled(t("Close the account of {0}", name))),
    );
  };

  const reopen = async (uid) => {
    await attempt(() => post("disable", { uid, disabled: false }));
    draw();
  };

  const close = async ({ uid, name }) => {
    const title = t("Close the account of {0}?", named({ name, role: id }));
    if (!(await ask({ title, confirm: t("Close"), danger: true }))) return;
    await attempt(() => post("disable", { uid }));
    draw();
  };

  const change = async (item) => {
    const before = { ...item, phone: item.account };
    const title = t("Change the account of {0}", named({ name: item.name, role: id }));
    const values = await ask({ title, confirm: t("Save"), fields: prefilled(fields(placeField), before) });
    const changed = Object.entries(withoutEmpty(values ?? {})).filter(
      ([name, value]) => value !== before[name],
    );
    const body = { uid: item.uid, ...Object.fromEntries(changed) };
    if (changed.length && (await attempt(() => post("update", body)))) note(t("Done."));
    draw();
  };

  const creation = form({
    plain: true,
    fields: fields(placeField),
    submit: t("Make"),
    send: (values) => post("create", withoutEmpty(values)),
    done: (_, element) => {
      note(t("Done."));
      element.reset();
      draw();
    },
  });
  draw();
  const file = isMany && manyMore(jiayi, id, open, draw);
  const one = more(t("One more"), creation);
  return h("section", { class: "card" }, h("h2", {}, title), isMany && search.element, list, one, file);
}

/** An import, which is loaded when it is wanted. */
function manyMore(jiayi, id, places, draw) {
  const content = h("div", { class: "form" });
  const details = more(t("Import from a file"), content);
  const load = async () => {
    const { importing } = await loadModule(() => import("../parts/importing.js"));
    if (!content.hasChildNodes()) importing(content, jiayi, id, places, draw);
  };
  details.addEventListener("toggle", () => details.open && attempt(load));
  return details;
}

function accountRow({ name, title, account, communityid, disabled }, places, actions) {
  const place = places.find((place) => place.communityid === communityid)?.name ?? "";
  const closed = disabled && h("span", { class: "tagged" }, t("closed"));
  return [[h("bdi", {}, plain(name)), " ", h("small", {}, title ?? ""), closed], account, place, actions];
}

function placeChoice(places) {
  const options = places.map(({ communityid, name }) => h("option", { value: communityid }, name));
  return h("select", { name: "communityid", required: true }, options);
}

/** Puts the values of an account into the fields of a form; its password stays as it was unless one is typed. */
function prefilled(fields, values) {
  for (const element of fields.flatMap((field) => [...field.querySelectorAll("[name]")])) {
    if (element.name === "password") Object.assign(element, { required: false, placeholder: t("as it was") });
    else element.value = values[element.name] ?? "";
  }
  return fields;
}

function withoutEmpty(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}
