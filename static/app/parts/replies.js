// Quick replies, as dialogs: picking one, and keeping those of one's own and of teams.

import { t } from "../state/language.js";
import { ask, askUntilDone } from "./dialog.js";
import { button, empty, fill, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { field } from "./form.js";
import { iconButton } from "./icons.js";
import { plain } from "./people.js";
import { here } from "./route.js";
import { rowsOf } from "./rows.js";
import { more } from "./table.js";

const MOST = 50; // of one person, or of one team, as the server has it
const LONGEST = 500; // signs of each, likewise
const MANY = 8; // above which one may search among them

/** @typedef {import("../../client/jiayi.js").Jiayi} Jiayi */

/** Lets somebody choose one. @param {Jiayi} jiayi @returns {Promise<string>} empty if none was chosen */
export async function pickReply(jiayi) {
  const isHere = here();
  const replies = await jiayi.all("quickreply/list");
  if (!isHere()) return "";
  let picked = "";
  const pick = (words, { target }) => {
    picked = words;
    target.closest("dialog").close();
  };
  const row = ({ content, stid }) =>
    h(
      "li",
      {},
      button([content, stid && h("small", {}, t("Team"))], (event) => pick(content, event), {
        class: "phrase",
      }),
    );
  const list = h("ul", { class: "phrases" }, rowsOf(replies, row));
  const none = empty(t("No quick replies yet."));
  none.hidden = replies.length > 0;
  const keep = button(t("Change them"), () => attempt(() => keepReplies(jiayi)), { class: "quiet" });
  await ask({ title: t("Quick replies"), fields: [replies.length > MANY && search(list), list, none, keep] });
  return picked;
}

/** A field that leaves of a list what holds its words. */
function search(list) {
  const oninput = ({ target }) => {
    const words = target.value.trim().toLowerCase();
    for (const row of list.children) row.hidden = !row.textContent.toLowerCase().includes(words);
  };
  return h("input", { type: "search", "aria-label": t("Search"), placeholder: t("Search"), oninput });
}

/** Lets somebody change their own, and those of the teams where they may. @param {Jiayi} jiayi */
export async function keepReplies(jiayi) {
  const isHere = here();
  const teams = await listTeams(jiayi);
  const own = h("div", {});
  await show(own, jiayi, {});
  if (!isHere()) return;
  const fields = [h("h3", {}, t("My quick replies")), own, teams.map((team) => teamReplies(jiayi, team))];
  await ask({ title: t("Quick replies"), fields });
}

/** Those of a team, read when they are opened. */
function teamReplies(jiayi, { stid, name, mayChange }) {
  const box = h("div", {});
  const details = more(t("Quick replies of {0}", plain(name)), box);
  details.addEventListener("toggle", () => {
    if (details.open) attempt(() => show(box, jiayi, { stid, isFixed: !mayChange }));
  });
  return details;
}

/** The teams whose quick replies somebody sees: a doctor's own, of which the leader changes them; else all. */
async function listTeams(jiayi) {
  const teams = await jiayi.all("team/list");
  const { role, uid, teams: own = [] } = jiayi.me;
  if (role === "admin") return teams.map((team) => ({ ...team, mayChange: true }));
  const leads = ({ doctors }) => doctors.some((doctor) => doctor.leader && doctor.uid === uid);
  // The list lacks teams that are closed or of another community: who leads those, the server says.
  return own.map((stid) => {
    const team = teams.find((one) => one.stid === stid);
    return team ? { ...team, mayChange: leads(team) } : { stid, name: t("Team"), mayChange: true };
  });
}

/**
 * Shows those of one owner, and reads them anew after each change.
 * @param {HTMLElement} box @param {Jiayi} jiayi @param {{stid?: string, isFixed?: boolean}} owner
 */
async function show(box, jiayi, owner) {
  const { stid, isFixed } = owner;
  const all = await jiayi.all("quickreply/list", stid ? { stid } : {});
  const replies = all.filter((reply) => reply.stid === stid);
  const again = () => show(box, jiayi, owner);
  const change = (path, body) =>
    attempt(async () => {
      await jiayi.post(`quickreply/${path}`, body);
      await again();
    });
  const edit = (title, content, path, body) =>
    attempt(async () => (await askWords(jiayi, title, content, path, body)) && (await again()));
  const row = (reply, index) => {
    const { replyid, content } = reply;
    const words = h("span", { class: "grow words" }, content);
    if (isFixed) return h("li", {}, words);
    const up = iconButton("up", t("Move up"), () => change("update", { replyid, place: index }));
    up.disabled = index === 0;
    const rewrite = () => edit(t("Change the quick reply"), content, "update", { replyid });
    return h(
      "li",
      {},
      words,
      h(
        "span",
        { class: "actions" },
        up,
        iconButton("edit", t("Change"), rewrite),
        iconButton("close", t("Delete"), () => change("remove", { replyid })),
      ),
    );
  };
  const add = button(t("Add a quick reply"), () =>
    edit(t("Add a quick reply"), "", "create", stid ? { stid } : {}),
  );
  const list = replies.length
    ? h("ul", { class: "rows" }, replies.map(row))
    : empty(t("No quick replies yet."));
  fill(box, list, !isFixed && replies.length < MOST && add);
}

/** Asks for the words of one, and keeps them. */
function askWords(jiayi, title, content, path, body) {
  const input = h("textarea", { name: "content", rows: 4, required: true, maxlength: LONGEST }, content);
  const send = async (words) => void (await jiayi.post(`quickreply/${path}`, { ...body, ...words }));
  return askUntilDone({ title, fields: [field(t("Text"), input)], submit: t("Save"), send });
}
