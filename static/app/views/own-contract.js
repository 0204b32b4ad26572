// A resident's contract: choosing a team, applying, and what became of it.

import "../state/chinese-late.js";
import { contractStates, doctorOf } from "../parts/contracts.js";
import { ask } from "../parts/dialog.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt } from "../parts/feedback.js";
import { named, personText, plain, writeLink } from "../parts/people.js";
import { personCard } from "../parts/person.js";
import { rowsOf } from "../parts/rows.js";
import { fullTime } from "../parts/time.js";
import { t } from "../state/language.js";

/** @param {import("../state/context.js").Context} context */
export function ownContract({ jiayi, inbox }) {
  const draw = (element) =>
    attempt(async () => {
      const [contracts, teams] = await Promise.all([jiayi.all("signed/list"), jiayi.all("team/list")]);
      const current = contracts.find(({ status }) => status === "applied" || status === "signed");
      const past = contracts.filter((contract) => contract !== current);
      const pastCards = rowsOf(past, (contract) => card(contract, doctorOf(teams, contract)));
      const seen = t("The doctors of your contract read this, and may write it with you.");
      fill(
        element,
        h("h1", {}, t("Contract")),
        current ? ownCard(current, teams) : choice(teams, (team, doctor) => apply(team, doctor, element)),
        h("h2", {}, t("About you")),
        h(
          "section",
          { class: "card about-me" },
          h("p", { class: "lead" }, seen),
          personCard(jiayi, "person"),
        ),
        past.length > 0 && [h("h2", {}, t("Earlier")), pastCards],
      );
    });

  const ownCard = (contract, teams) => {
    const contact = inbox.people.find(({ uid, closed }) => uid === contract.doctoruid && !closed);
    return [h("h2", {}, t("Your contract")), card(contract, doctorOf(teams, contract), contact)];
  };

  const apply = async (team, doctor, element) => {
    const who = named({ ...doctor, role: "doctor" });
    const title = t("Apply for a contract with {0}, {1}?", team.name, who);
    if (!(await ask({ title, confirm: t("Apply") }))) return;
    const fields = { stid: team.stid, doctoruid: doctor.uid };
    if (await attempt(() => jiayi.post("/social/signed2", fields))) draw(element);
  };

  return {
    show(element) {
      const redraw = () => draw(element);
      redraw();
      for (const type of ["contract", "loaded"]) inbox.addEventListener(type, redraw);
      return () => ["contract", "loaded"].forEach((type) => inbox.removeEventListener(type, redraw));
    },
  };
}

/** The teams that one may apply to. */
function choice(teams, apply) {
  return [
    h(
      "p",
      { class: "lead" },
      t("Sign with a team: then you may write to its doctors and ask for appointments."),
    ),
    teams.map((team) => {
      const rows = rowsOf(team.doctors, (doctor) => doctorRow(doctor, () => apply(team, doctor)));
      return h("section", { class: "card" }, h("h2", {}, team.name), h("ul", { class: "rows" }, rows));
    }),
    !teams.length && empty(t("There is no team in your community yet.")),
  ];
}

function doctorRow(doctor, apply) {
  const leads = doctor.leader && h("span", { class: "tagged" }, t("leads the team"));
  const onDuty = doctor.onduty && h("span", { class: "tagged on" }, t("on duty"));
  const props = { class: "primary", "aria-label": t("Apply to {0}", plain(doctor.name)) };
  return h(
    "li",
    {},
    personText({ ...doctor, role: "doctor" }, leads, onDuty),
    button(t("Apply"), apply, props),
  );
}

function card(contract, doctor, contact) {
  const { team, status, reason, updatetime } = contract;
  const state = h("span", { class: `tagged ${status === "signed" ? "on" : ""}` }, contractStates[status]);
  return h(
    "section",
    { class: "card" },
    h("h3", {}, team, state),
    doctor && h("p", {}, personText({ ...doctor, role: "doctor" })),
    reason && h("p", {}, t("Reason: {0}", reason)),
    h("p", {}, h("small", {}, fullTime(updatetime))),
    contact && h("p", { class: "actions" }, writeLink(contact)),
  );
}
