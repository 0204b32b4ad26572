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
    const present = members.map(({ uid }) => uid);
    const others = book.people.some(({ uid }) => !present.includes(uid));
    const owns = jiayi.me.role === "doctor" && members.some(({ uid, owner }) => owner && uid === jiayi.me.uid);
    const fields = await ask({ title, confirm: others && t("Add"), fields: [
      h("h3", {}, t("In this group")),
      h("ul", { class: "rows" }, members.map((member) => h("li", {},
        h("span", { class: "grow" }, member.name, member.owner && h("span", { class: "tagged" }, t("owner"))),
        owns && !member.owner && h("button", { type: "button", "aria-label": t("Remove {0}", member.name), onclick: ({ target }) => remove(roomid, member, target) }, t("Remove"))))),
      others && choice(present),
    ] });
    const added = fields && chosen(fields);
    if (added?.length) await attempt(() => jiayi.post("addmember", { roomid, members: added }));
  };

  const remove = async (roomid, { uid, name }, button) => {
    if (!await ask({ title: t("Remove {0} from the group?", name), confirm: t("Remove"), danger: true })) return;
    if (await attempt(() => jiayi.post("removemember", { roomid, uid }))) button.closest("li").remove();
  };

  /** Takes a past contact off a resident's list. */
  const forget = async ({ roomid, title }) => {
    if (!await ask({ title: t("Take {0} off your list?", title), confirm: t("Take off the list"), danger: true })) return;
    await attempt(() => jiayi.post("contacts/remove", { roomid }).then(() => { location.hash = "#/messages"; }, (problem) => {
      if (problem.code !== "FA_STATE") throw problem;
      note(t("A contract, or an application for one, keeps this contact on your list."));
    }));
  };

  const leave = async ({ roomid, title }) => {
    if (!await ask({ title: t("Leave {0}?", title), confirm: t("Leave"), danger: true })) return;
    const path = jiayi.me.role === "doctor" ? "removemember" : "contacts/remove";
    await attempt(() => jiayi.post(path, { roomid }));
    location.hash = "#/messages";
    book.load();
  };

  const past = (room) => (jiayi.me.role !== "user" || !room.contact?.closed ? [] : [
    h("button", { type: "button", class: "quiet", onclick: () => forget(room), title: t("Take off the list"), "aria-label": t("Take off the list") }, icon("leave"))]);

  return {
    tool: () => h("button", { type: "button", onclick: make }, icon("plus"), t("New group")),
    actions: (room) => (room.kind !== "discussion" ? past(room) : [
      h("button", { type: "button", class: "quiet", onclick: () => show(room), title: t("Members"), "aria-label": t("Members") }, icon("group")),
      h("button", { type: "button", class: "quiet", onclick: () => leave(room), title: t("Leave"), "aria-label": t("Leave") }, icon("leave"))]),
  };
}
