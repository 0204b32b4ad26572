// The contracts of a doctor's teams, which can be searched: applications to accept or refuse, contracts to end.

import "../state/chinese-late.js";
import { contractStates, doctorOf } from "../parts/contracts.js";
import { ask } from "../parts/dialog.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { find } from "../parts/find.js";
import { writeFirst } from "../parts/first-words.js";
import { field } from "../parts/form.js";
import { readRows } from "../parts/pages.js";
import { named, personName, plain, writeLink } from "../parts/people.js";
import { fullTime } from "../parts/time.js";
import { t } from "../state/language.js";

const PAGE = 50;
const PAST = ["rejected", "ended", "expired"];

/**
 * @param {import("../state/context.js").Context} context
 * @param {import("../state/list-store.js").ListStore} applications
 */
export function teamContracts(context, applications) {
  const { jiayi, inbox } = context;
  const { uid } = jiayi.me;

  const result = h("div", {});
  let search; // what is looked for stays while the view is drawn anew
  let drawing = 0; // an answer that comes late is no longer wanted

  const draw = () =>
    attempt(async () => {
      const number = ++drawing;
      const teams = await jiayi.all("team/list");
      search ??= find(
        { teams: teams.filter(({ stid }) => jiayi.me.teams?.includes(stid)), mine: true },
        draw,
      );
      const row = (contract) => {
        const toDo = [chatLink(context, inbox.contactOf(contract.uid)), ...actions(contract, teams)];
        return contractRow(contract, doctorOf(teams, contract), toDo);
      };
      const rowsOf = (status) => {
        const query = { ...search.query(), status, limit: PAGE };
        return readRows((before) => jiayi.get("signed/list", { ...query, before }), row);
      };
      const [applied, signed, ...past] = await Promise.all(["applied", "signed", ...PAST].map(rowsOf));
      if (number !== drawing) return;
      const earlier = past.flat();
      fill(
        result,
        part(t("Applications"), applied, t("Nobody is waiting.")),
        part(t("In force"), signed, t("There is none.")),
        earlier.length > 0 && part(t("Earlier"), earlier),
      );
      // What is being typed stays where it is.
      if (!search.element.isConnected) result.before(search.element);
    });

  /** What this doctor may do with a contract. */
  const actions = (contract, teams) => {
    const { status, stid, doctoruid } = contract;
    const name = plain(contract.name);
    if (status === "applied") {
      const accept = { class: "primary", "aria-label": t("Accept {0}", name) };
      const refuse = { "aria-label": t("Refuse {0}", name) };
      return [
        button(t("Accept"), () => answer(contract, { accept: true }), accept),
        button(t("Refuse"), () => refuseApplication(contract), refuse),
      ];
    }
    const mayEnd = status === "signed" && (doctoruid === uid || leads(teams, stid));
    const label = { "aria-label": t("End the contract with {0}", name) };
    return mayEnd ? [button(t("End"), () => end(contract), label)] : [];
  };

  const leads = (teams, stid) =>
    teams.some(
      (team) => team.stid === stid && team.doctors.some((doctor) => doctor.leader && doctor.uid === uid),
    );

  const refuseApplication = async (contract) => {
    const reason = await askReason(t("Refuse this application?"), t("Refuse"), { maxlength: 200 });
    if (reason === null) return;
    await answer(contract, { accept: false, ...(reason ? { reason } : {}) });
  };

  const answer = async ({ sid, doctoruid }, decision) => {
    const path = doctoruid === uid ? "signedprocess" : "signedprocess2";
    await attempt(() => jiayi.post(path, { sid, ...decision }));
    note(decision.accept ? t("The contract is in force.") : t("The application was refused."));
    applications.refresh();
  };

  const end = async ({ sid }) => {
    const reason = await askReason(t("End this contract?"), t("End"), { required: true, maxlength: 200 });
    if (reason === null) return;
    await attempt(() => jiayi.post("rejectsigned", { sid, reason }));
    inbox.refresh(); // whoever ends it is not told by a push
    applications.refresh();
  };

  return {
    show(element) {
      fill(element, h("h1", {}, t("Contracts")), search?.element, result);
      draw();
      return applications.watch(draw);
    },
  };
}

function part(title, rows, none) {
  const content = rows.length ? h("ul", { class: "rows" }, rows) : empty(none);
  return h("section", { class: "card" }, h("h2", {}, title), content);
}

/** Asks why something is refused or ended. Null if it is not. */
async function askReason(title, confirm, props) {
  const input = field(t("Reason (the resident reads it)"), h("input", { name: "reason", ...props }));
  const fields = await ask({ title, confirm, danger: true, fields: [input] });
  return fields && fields.reason;
}

function contractRow({ name, team, status, reason, updatetime }, doctor, actions) {
  const who = doctor && named({ ...doctor, role: "doctor" });
  const about = [who, team, fullTime(updatetime)].filter(Boolean).join(" · ");
  const isPast = PAST.includes(status);
  return h(
    "li",
    {},
    h(
      "span",
      { class: "grow" },
      h("strong", {}, personName({ name, role: "user" })),
      h("small", {}, about),
      isPast && h("span", { class: "tagged" }, contractStates[status]),
      reason && h("small", {}, t("Reason: {0}", reason)),
    ),
    h("span", { class: "actions" }, actions),
  );
}

/** Leads to the conversation with a resident, or begins it; where nothing may be written any more, to what was. */
function chatLink(context, contact) {
  if (!contact) return null;
  const { roomid, name, closed } = contact;
  const begin = { "aria-label": t("Write to {0}", plain(name)) };
  if (!roomid) return button(t("Write"), () => writeFirst(context, contact), begin);
  if (!closed) return writeLink(contact);
  const label = t("Messages with {0}", plain(name));
  return h("a", { class: "button", href: `#/messages/${roomid}`, "aria-label": label }, t("Read messages"));
}
