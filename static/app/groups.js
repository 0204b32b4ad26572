// Discussion groups: making one, who is in it, adding people, leaving.

import { ask, attempt, field, h, note } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/** @param {import("./chat.js").Context} context */
export function groups({ jiayi, book }) {
  /** The people who could be asked in, as boxes to tick. */
  const choice = (without = []) => {
    const people = book.people.filter(({ uid }) => !without.includes(uid) && uid !== jiayi.me.uid);
    return h("fieldset", {}, h("legend", {}, t("People")),
      people.map(({ uid, name }) => h("label", { class: "tick" }, h("input", { type: "checkbox", name: `member ${uid}` }), name)),
      !people.length && h("p", {}, t("There is nobody else to add.")));
  };
  const chosen = (fields) => Object.keys(fields).filter((name) => name.startsWith("member ")).map((name) => name.slice(7));

  const make = async () => {
    const fields = await ask({ title: t("New group"), confirm: t("Make the group"),
      fields: [field(t("Name of the group"), h("input", { name: "name", required: true, maxlength: 50 })), choice()] });
    if (!fields) return;
    const members = chosen(fields);
    if (!members.length) return note(t("Choose somebody for the group."));
    const made = await attempt(() => jiayi.post("discussion/create", { name: fields.name, members }));
    if (!made) return;
    await book.load();
    location.hash = `#/messages/${made.roomid}`;
  };

  const show = async ({ roomid, title }) => {
    const members = await attempt(() => jiayi.all("discussion/members", { roomid }));
    if (!members) return;
    const fields = await ask({ title, confirm: t("Add"), fields: [
      h("h3", {}, t("In this group")),
      h("ul", { class: "rows" }, members.map((member) => h("li", {}, member.name, member.owner && h("span", { class: "tagged" }, t("owner"))))),
      choice(members.map(({ uid }) => uid)),
    ] });
    const added = fields && chosen(fields);
    if (added?.length) await attempt(() => jiayi.post("addmember", { roomid, members: added }));
  };

  const leave = async ({ roomid, title }) => {
    if (!await ask({ title: t("Leave {0}?", title), confirm: t("Leave"), danger: true })) return;
    const path = jiayi.me.role === "doctor" ? "removemember" : "contacts/remove";
    await attempt(() => jiayi.post(path, { roomid }));
    location.hash = "#/messages";
    book.load();
  };

  return {
    tool: () => h("button", { type: "button", onclick: make }, icon("plus"), t("New group")),
    actions: (room) => (room.kind !== "discussion" ? [] : [
      h("button", { type: "button", class: "quiet", onclick: () => show(room), title: t("Members"), "aria-label": t("Members") }, icon("group")),
      h("button", { type: "button", class: "quiet", onclick: () => leave(room), title: t("Leave"), "aria-label": t("Leave") }, icon("leave"))]),
  };
}
