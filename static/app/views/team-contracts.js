// The contracts of a doctor's teams: applications to accept or refuse, contracts to end.

import { contractStates, doctorOf } from "../parts/contracts.js";
import { ask } from "../parts/dialog.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { field } from "../parts/form.js";
import { named, personName, plain } from "../parts/people.js";
import { rowsOf } from "../parts/rows.js";
import { fullTime } from "../parts/time.js";
import { t } from "../state/language.js";

const PAST = ["rejected", "ended", "expired"];

/**
 * @param {import("../state/context.js").Context} context
 * @param {import("../state/list-store.js").ListStore} applications
 */
export function teamContracts({ jiayi, inbox }, applications) {
  const { uid } = jiayi.me;

  const draw = (element) =>
    attempt(async () => {
      const [contracts, teams] = await Promise.all([jiayi.all("signed/list"), jiayi.all("team/list")]);
      const row = (contract) => contractRow(contract, doctorOf(teams, contract), actions(contract, teams));
      const part = (title, states, none) => {
        const listed = contracts.filter(({ status }) => states.includes(status));
        const rows = rowsOf(listed, row);
        if (!rows.length && !none) return null;
        const content = rows.length ? h("ul", { class: "rows" }, rows) : empty(none);
        return h("section", { class: "card" }, h("h2", {}, title), content);
      };
      fill(
        element,
        h("h1", {}, t("Contracts")),
        part(t("Applications"), ["applied"], t("Nobody is waiting.")),
        part(t("In force"), ["signed"], t("There is none.")),
        part(t("Earlier"), PAST, null),
      );
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
      draw(element);
      return applications.watch(() => draw(element));
    },
  };
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
