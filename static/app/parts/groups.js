// Discussion groups: making one, who is in it, adding people, leaving; and taking a past contact off the list.

import { t } from "../state/language.js";
import { ask } from "./dialog.js";
import { button, h } from "./dom.js";
import { attempt, note } from "./feedback.js";
import { field } from "./form.js";
import { icon, iconButton } from "./icons.js";
import { named, personName, plain } from "./people.js";
import { here } from "./route.js";
import { rowsOf } from "./rows.js";

const MEMBER = "member "; // before the uid, in the name of a box to tick

/** @param {Pick<import("../state/context.js").Context, "jiayi"|"inbox">} context */
export function groups({ jiayi, inbox }) {
  const backToList = () => {
    location.hash = "#/messages";
  };

  /** The people who could join, as boxes to tick. @param {string[]} without uids */
  const candidates = (without) => {
    const people = inbox.people.filter(({ uid }) => !without.includes(uid) && uid !== jiayi.me.uid);
    const box = (person) => {
      const input = h("input", { type: "checkbox", name: MEMBER + person.uid });
      return h("label", { class: "tick" }, input, h("span", {}, personName(person)));
    };
    const none = !people.length && h("p", {}, t("There is nobody else to add."));
    return h("fieldset", {}, h("legend", {}, t("People")), rowsOf(people, box), none);
  };

  const create = async () => {
    const name = field(t("Name of the group"), h("input", { name: "name", required: true, maxlength: 50 }));
    const fields = await ask({
      title: t("New group"),
      confirm: t("Make the group"),
      fields: [name, candidates([])],
    });
    if (!fields) return;
    const members = ticked(fields);
    if (!members.length) return note(t("Choose somebody for the group."));
    const isHere = here();
    const created = await attempt(() => jiayi.post("discussion/create", { name: fields.name, members }));
    if (!created) return;
    await inbox.refresh();
    if (isHere()) location.hash = `#/messages/${created.roomid}`;
  };

  const showMembers = async ({ roomid, title }) => {
    const isHere = here();
    const members = await attempt(() => jiayi.all("discussion/members", { roomid }));
    if (!members || !isHere()) return;
    const uids = members.map(({ uid }) => uid);
    const canAdd = inbox.people.some(({ uid }) => !uids.includes(uid));
    const owns =
      jiayi.me.role === "doctor" && members.some(({ uid, owner }) => owner && uid === jiayi.me.uid);
    const row = (member) =>
      memberRow(member, owns && !member.owner && ((button) => remove(roomid, member, button)));
    const list = h("ul", { class: "rows" }, rowsOf(members, row));
    const fields = [h("h3", {}, t("In this group")), list, canAdd && candidates(uids)];
    const answer = await ask({ title, confirm: canAdd && t("Add"), fields });
    const added = answer && ticked(answer);
    if (added?.length) await attempt(() => jiayi.post("addmember", { roomid, members: added }));
  };

  const remove = async (roomid, member, button) => {
    const { uid } = member;
    const title = t("Remove {0} from the group?", named(member));
    if (!(await ask({ title, confirm: t("Remove"), danger: true }))) return;
    if (await attempt(() => jiayi.post("removemember", { roomid, uid }))) button.closest("li").remove();
  };

  const leave = async ({ roomid, title }) => {
    if (!(await ask({ title: t("Leave {0}?", plain(title)), confirm: t("Leave"), danger: true }))) return;
    const path = jiayi.me.role === "doctor" ? "removemember" : "contacts/remove";
    const isHere = here();
    await attempt(() => jiayi.post(path, { roomid }));
    if (isHere()) backToList();
    inbox.refresh();
  };

  const removeContact = async ({ roomid, title }) => {
    const question = {
      title: t("Take {0} off your list?", named({ name: title, role: "doctor" })),
      confirm: t("Take off the list"),
      danger: true,
    };
    if (!(await ask(question))) return;
    const refused = (problem) => {
      if (problem.code !== "FA_STATE") throw problem;
      note(t("A contract, or an application for one, keeps this contact on your list."));
    };
    const isHere = here();
    const done = () => isHere() && backToList();
    await attempt(() => jiayi.post("contacts/remove", { roomid }).then(done, refused));
  };

  const actions = (room) => {
    const isPast = jiayi.me.role === "user" && room.contact?.closed;
    if (room.kind !== "discussion") {
      return isPast ? [iconButton("leave", t("Take off the list"), () => removeContact(room))] : [];
    }
    return [
      iconButton("group", t("Members"), () => showMembers(room)),
      iconButton("leave", t("Leave"), () => leave(room)),
    ];
  };

  return { tool: () => button([icon("plus"), t("New group")], create), actions };
}

/** @param {((button: HTMLElement) => void)|false} onRemove */
function memberRow(member, onRemove) {
  const label = { "aria-label": t("Remove {0}", plain(member.name)) };
  const owner = member.owner && h("span", { class: "tagged" }, t("owner"));
  return h(
    "li",
    {},
    h("span", { class: "grow" }, personName(member), owner),
    onRemove && button(t("Remove"), ({ target }) => onRemove(target), label),
  );
}

/** The uids of the boxes that are ticked. */
function ticked(fields) {
  const names = Object.keys(fields).filter((name) => name.startsWith(MEMBER));
  return names.map((name) => name.slice(MEMBER.length));
}
