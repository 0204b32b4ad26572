// Contracts: a resident chooses a team and applies; a doctor accepts, refuses, ends.

import { ask, attempt, empty, field, fill, fully, h, note } from "./dom.js";
import { t } from "./words.js";

const STATES = () => ({ applied: t("waiting for the team"), signed: t("in force"), rejected: t("refused"), ended: t("ended"), expired: t("run out") });

/** The resident's side. */
export function ownContract({ jiayi, book }) {
  let main;
  const draw = () => attempt(async () => {
    const [contracts, teams] = await Promise.all([jiayi.all("signed/list"), jiayi.all("team/list")]);
    const current = contracts.find(({ status }) => status === "applied" || status === "signed");
    const past = contracts.filter((contract) => contract !== current);
    fill(main, h("h1", {}, t("Contract")), current ? [h("h2", {}, t("Your contract")), card(current, doctorOf(teams, current), book.people)] : choice(teams),
      past.length > 0 && [h("h2", {}, t("Earlier")), past.map((contract) => card(contract, doctorOf(teams, contract)))]);
  });
  const choice = (teams) => [
    h("p", { class: "lead" }, t("Sign with a team: then you may write to its doctors and ask for appointments.")),
    teams.map((team) => h("section", { class: "card" }, h("h2", {}, team.name),
      h("ul", { class: "rows" }, team.doctors.map((doctor) => h("li", {},
        h("span", { class: "grow" }, h("strong", {}, doctor.name), " ", h("small", {}, doctor.title ?? ""),
          doctor.leader && h("span", { class: "tagged" }, t("leads the team")), doctor.onduty && h("span", { class: "tagged on" }, t("on duty"))),
        h("button", { type: "button", class: "primary", "aria-label": t("Apply to {0}", doctor.name), onclick: () => apply(team, doctor) }, t("Apply"))))))),
    !teams.length && empty(t("There is no team in your community yet.")),
  ];
  const apply = async (team, doctor) => {
    const yes = await ask({ title: t("Apply for a contract with {0}, {1}?", team.name, doctor.name), confirm: t("Apply") });
    if (yes && await attempt(() => jiayi.post("/social/signed2", { stid: team.stid, doctoruid: doctor.uid }))) draw();
  };
  return {
    id: "contract", label: t("Contract"), icon: "contract",
    show(element) {
      main = element;
      draw();
      book.addEventListener("contract", draw);
      book.addEventListener("fresh", draw);
      return () => { book.removeEventListener("contract", draw); book.removeEventListener("fresh", draw); };
    },
  };
}

const doctorOf = (teams, contract) => teams.flatMap(({ doctors }) => doctors).find(({ uid }) => uid === contract.doctoruid);

function card(contract, doctor, people = []) {
  const contact = people.find(({ uid, closed }) => uid === contract.doctoruid && !closed);
  return h("section", { class: "card" },
    h("h3", {}, contract.team, h("span", { class: `tagged ${contract.status === "signed" ? "on" : ""}` }, STATES()[contract.status])),
    h("p", {}, doctor?.name ?? "", " ", h("small", {}, doctor?.title ?? "")),
    contract.reason && h("p", {}, t("Reason: {0}", contract.reason)),
    h("p", {}, h("small", {}, fully(contract.updatetime))),
    contact && h("p", { class: "actions" }, h("a", { class: "button", href: `#/messages/${contact.roomid}`, "aria-label": t("Write to {0}", contact.name) }, t("Write"))));
}

/** The doctor's side. */
export function teamContracts({ jiayi, book }) {
  let main, waiting = 0;
  const emitter = new EventTarget();
  const count = () => attempt(async () => {
    waiting = (await jiayi.all("signed/list", { status: "applied" })).length;
    emitter.dispatchEvent(new CustomEvent("change"));
  });
  const draw = () => attempt(async () => {
    const [contracts, teams] = await Promise.all([jiayi.all("signed/list"), jiayi.all("team/list")]);
    const led = new Set(teams.filter(({ doctors }) => doctors.some(({ uid, leader }) => leader && uid === jiayi.me.uid)).map(({ stid }) => stid));
    const of = (...states) => contracts.filter(({ status }) => states.includes(status));
    fill(main, h("h1", {}, t("Contracts")),
      part(t("Applications"), of("applied"), t("Nobody is waiting.")),
      part(t("In force"), of("signed"), t("There is none.")),
      of("rejected", "ended", "expired").length > 0 && part(t("Earlier"), of("rejected", "ended", "expired"), ""));

    function part(title, contracts, none) {
      return h("section", { class: "card" }, h("h2", {}, title),
        contracts.length ? h("ul", { class: "rows" }, contracts.map((contract) => row(contract, doctorOf(teams, contract), led.has(contract.stid)))) : empty(none));
    }
  });
  const row = (contract, doctor, leads) => {
    const { name } = contract;
    return h("li", {},
      h("span", { class: "grow" }, h("strong", {}, name), " ", h("small", {}, [doctor?.name, contract.team, fully(contract.updatetime)].filter(Boolean).join(" · ")),
        !["applied", "signed"].includes(contract.status) && h("span", { class: "tagged" }, STATES()[contract.status]),
        contract.reason && h("small", {}, t("Reason: {0}", contract.reason))),
      contract.status === "applied" && h("span", { class: "actions" },
        h("button", { type: "button", class: "primary", "aria-label": t("Accept {0}", name), onclick: () => process(contract, true) }, t("Accept")),
        h("button", { type: "button", "aria-label": t("Refuse {0}", name), onclick: () => process(contract, false) }, t("Refuse"))),
      contract.status === "signed" && (leads || contract.doctoruid === jiayi.me.uid) &&
        h("button", { type: "button", "aria-label": t("End the contract with {0}", name), onclick: () => end(contract) }, t("End")));
  };
  const process = async (contract, accept) => {
    const path = contract.doctoruid === jiayi.me.uid ? "signedprocess" : "signedprocess2";
    const fields = accept ? {} : await ask({ title: t("Refuse this application?"), confirm: t("Refuse"), danger: true,
      fields: [field(t("Reason (the resident reads it)"), h("input", { name: "reason", maxlength: 200 }))] });
    if (!fields) return;
    await attempt(() => jiayi.post(path, { sid: contract.sid, accept, ...(fields.reason ? { reason: fields.reason } : {}) }));
    note(accept ? t("The contract is in force.") : t("The application was refused."));
    changed();
  };
  const end = async (contract) => {
    const fields = await ask({ title: t("End this contract?"), confirm: t("End"), danger: true,
      fields: [field(t("Reason (the resident reads it)"), h("input", { name: "reason", required: true, maxlength: 200 }))] });
    if (!fields) return;
    await attempt(() => jiayi.post("rejectsigned", { sid: contract.sid, reason: fields.reason }));
    book.load(); // who ends it is not told by a push
    changed();
  };
  const changed = () => { count(); if (main?.isConnected) draw(); };
  book.addEventListener("contract", changed);
  book.addEventListener("fresh", changed);
  count();
  return {
    id: "contracts", label: t("Contracts"), icon: "contract", book: emitter, badge: () => waiting,
    show(element) {
      main = element;
      draw();
      return () => { main = null; };
    },
  };
}
