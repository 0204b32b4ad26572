// The page of doctors.

import { lazy } from "./parts/lazy.js";
import { openPage } from "./shell.js";
import { makeContext } from "./state/context.js";
import { t } from "./state/language.js";
import { applications, appointments, dutyQuestions, friendRequests } from "./state/lists.js";
import { OnDuty } from "./state/on-duty.js";
import { messages } from "./views/messages.js";

openPage({
  role: "doctor",
  title: t("Doctor"),
  async views(jiayi) {
    const emptyText = t("No messages yet. They come once a resident has signed with your team.");
    const context = await makeContext(jiayi, emptyText);
    return [messages(context), ...contractViews(context), ...colleagueViews(context)];
  },
});

/** What a doctor has to do with residents. */
function contractViews(context) {
  const [applied, asked] = [applications(context), appointments(context)];
  return [
    lazy({ id: "contracts", label: t("Contracts"), icon: "contract", store: applied }, async () =>
      (await import("./views/team-contracts.js")).teamContracts(context, applied),
    ),
    lazy({ id: "appointments", label: t("Appointments"), icon: "calendar", store: asked }, async () =>
      (await import("./views/asked-appointments.js")).askedAppointments(context, asked),
    ),
    lazy({ id: "notices", label: t("Notices"), icon: "bell" }, async () =>
      (await import("./views/notices.js")).notices(context),
    ),
  ];
}

/** What a doctor has to do with other doctors: friends, and the duty desk while the doctor is on duty. */
function colleagueViews(context) {
  const { jiayi } = context;
  const requests = friendRequests(context);
  const friends = lazy({ id: "friends", label: t("Friends"), icon: "friends", store: requests }, async () =>
    (await import("./views/friends.js")).friends(context, requests),
  );
  const onDuty = new OnDuty(jiayi);
  const questions = dutyQuestions(jiayi, onDuty);
  const about = { id: "duty", label: t("Duty desk"), icon: "desk", store: questions, offer: onDuty };
  const desk = lazy(about, async () => (await import("./views/duty.js")).duty(jiayi, questions));
  return [friends, desk];
}
