// The lists whose length a badge of the navigation shows, or that several views need.

import { ListStore } from "./list-store.js";

/** @typedef {import("./context.js").Context} Context */

/** Applications for a contract with a doctor's teams. @param {Context} context */
export function applications({ jiayi, inbox }) {
  const list = new ListStore(() => jiayi.all("signed/list", { status: "applied" }));
  return list.refreshOn(inbox, "contract", "loaded");
}

/** Appointments. Those that were asked for wait for the doctor. @param {Context} context */
export function appointments({ jiayi, inbox }) {
  const isDoctor = jiayi.me.role === "doctor";
  const list = new ListStore(
    () => jiayi.all("reservation/list"),
    ({ status }) => isDoctor && status === "applied",
  );
  const isAbout = ({ type, item }) => type === "S2C_RESERVATION_PUSH" || item.data?.kind === "system";
  inbox.addEventListener("news", ({ detail }) => isAbout(detail) && list.refresh());
  return list.refreshOn(inbox, "loaded");
}

/** Doctors who ask to be friends. @param {Context} context */
export function friendRequests({ jiayi, inbox }) {
  const list = new ListStore(() => jiayi.all("doctorfriend/list", { state: "received" }));
  return list.refreshOn(inbox, "friend", "loaded");
}

const REFRESH = 60_000; // ms between two readings of the desk: administrators hear of it who read it now and then

/**
 * Questions that wait on the duty desk; none for a doctor who is not on duty.
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {import("./on-duty.js").OnDuty} [onDuty] whether a doctor is
 */
export function dutyQuestions(jiayi, onDuty) {
  const list = new ListStore(async () => (onDuty?.isOn === false ? [] : jiayi.all("/admin/duty/list")));
  if (onDuty) list.refreshOn(onDuty, "change");
  jiayi.addEventListener("ephemeral", ({ detail }) => detail.type === "S2C_DUTY_PUSH" && list.refresh());
  setInterval(() => list.refresh(), REFRESH);
  return list.refreshOn(jiayi, "resync", "status");
}
