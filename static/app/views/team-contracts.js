// The contracts of a doctor's teams, which can be searched: applications to accept or refuse, contracts to end.

import { contractStates, doctorOf } from "../parts/contracts.js";
import { ask } from "../parts/dialog.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { find } from "../parts/find.js";
import { field } from "../parts/form.js";
import { readRows } from "../parts/pages.js";
import { named, personName, plain } from "../parts/people.js";
import { fullTime } from "../parts/time.js";
import { t } from "../state/language.js";

const PAGE = 50;
const PAST = ["rejected", "ended", "expired"];

/**
 * @param {import("../state/context.js").Context} context
 * @param {import("../state/list-store.js").ListStore} applications
 */
export function teamContracts({ jiayi, inbox }, applications) {
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
      const row = (contract) => contractRow(contract, doctorOf(teams, contract), actions(contract, teams));
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
      return h(
        "span",
        { class: "actions" },
        button(t("Accept"), () => answer(contract, { accept: true }), accept),
        button(t("Refuse"), () => refuseApplication(contract), refuse),
      );
    }
    const mayEnd = status === "signed" && (doctoruid === uid || leads(teams, stid));
    return (
      mayEnd && button(t("End"), () => end(contract), { "aria-label": t("End the contract with {0}", name) })
    );
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
    actions,
  );
}
