// Whom one chats with, beside the conversation or, where there is no room for that, as a sheet: a doctor sees who the
// resident is and what files are there, a resident who the doctor is and what happens when they do not answer.

import "../state/chinese-late.js";
import { t } from "../state/language.js";
import { content } from "./body.js";
import { ask } from "./dialog.js";
import { empty, fill, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { hoursList } from "./hours.js";
import { readRows } from "./pages.js";
import { personText, plain } from "./people.js";
import { personCard } from "./person.js";
import { isWide } from "./screen.js";

const ENOUGH = 20; // files that are shown at once, at least where there are so many
const MOST_PAGES = 5; // of 200 messages, that are read for them at once

/**
 * Shows whom a room is with, or hides it again.
 * @param {HTMLElement} pane
 * @param {import("../state/room.js").RoomStore} store
 * @param {import("../state/context.js").Context} context
 */
export function toggleAbout(pane, store, context) {
  const shown = pane.querySelector(":scope > .about");
  if (shown) return hide(pane, shown);
  const { contact } = store.room;
  const title = t("About {0}", plain(contact.name));
  const fields = about(contact, store, context);
  if (!isWide()) return void ask({ title, fields });
  pane.classList.add("beside");
  pane.append(h("aside", { class: "about", "aria-label": title, tabindex: 0 }, h("h2", {}, title), fields));
}

function hide(pane, shown) {
  shown.remove();
  pane.classList.remove("beside");
}

function about(contact, store, { jiayi }) {
  if (jiayi.me.role === "user") return [doctorCard(jiayi, contact)];
  const card = contact.closed
    ? empty(t("This is shown while a contract is in force."))
    : personCard(jiayi, "person", { uid: contact.uid });
  return [card, h("h3", {}, t("Files of this conversation")), files(jiayi, store.roomid)];
}

/**
 * The files of a room, the newest first.
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {string} roomid
 */
function files(jiayi, roomid) {
  const element = h("div", {}, empty(t("Searching…")));
  const row = (message) => h("li", { class: `body ${message.kind}` }, content(message));
  attempt(async () => {
    const rows = await readRows((before) => readFiles(jiayi, roomid, before), row);
    fill(element, rows.length ? h("ul", { class: "files" }, rows) : empty(t("There is none.")));
  });
  return element;
}

/** Reads on until there are files enough to show, or for so many pages of messages. */
async function readFiles(jiayi, roomid, before) {
  const isFile = ({ kind, recalled }) => !recalled && ["image", "voice", "file"].includes(kind);
  const items = [];
  let next = before;
  for (let pages = 0; pages < MOST_PAGES && items.length < ENOUGH && next !== null; pages++) {
    const page = await jiayi.get("dialog/list", { roomid, limit: 200, before: next });
    items.push(...page.items.filter(isFile));
    next = page.next;
  }
  return { items, next };
}

/** Who a doctor is, as their teams tell it. */
function doctorCard(jiayi, { uid, name }) {
  const element = h("div", { class: "person" });
  attempt(async () => {
    // Where there is no contract any more, the hours are nobody's business.
    const offered = jiayi.get("hours", { doctoruid: uid }).catch(() => ({ hours: [] }));
    const [teams, { hours }] = await Promise.all([jiayi.all("team/list"), offered]);
    const team = teams.find(({ doctors }) => doctors.some((doctor) => doctor.uid === uid));
    const doctor = team?.doctors.find((doctor) => doctor.uid === uid) ?? { name };
    const leads = doctor.leader && h("span", { class: "tagged" }, t("leads the team"));
    const onDuty = doctor.onduty && h("span", { class: "tagged on" }, t("on duty"));
    fill(
      element,
      personText({ ...doctor, role: "doctor" }, leads, onDuty),
      team && h("p", {}, plain(team.name)),
      hours.length > 0 && [h("h3", {}, t("Hours for appointments")), hoursList(hours)],
      h("p", {}, t("When your doctor does not answer, a doctor on duty may answer in their place.")),
      h("p", {}, t("Lines that bear “System” were written by no person.")),
      h("p", {}, h("strong", {}, t("In an emergency call 120."))),
    );
  });
  return element;
}
