// A resident's appointments: asking for one, calling one off.

import { showAppointments } from "../parts/appointments.js";
import { ask } from "../parts/dialog.js";
import { button, empty, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { field, form } from "../parts/form.js";
import { named, writeLink } from "../parts/people.js";
import { whenFields } from "../parts/when.js";
import { t } from "../state/language.js";

/**
 * @param {import("../state/context.js").Context} context
 * @param {import("../state/list-store.js").ListStore} list
 */
export function ownAppointments({ jiayi, inbox }, list) {
  const callOff = async ({ reservationid }) => {
    if (!(await ask({ title: t("Call off this appointment?"), confirm: t("Call off"), danger: true })))
      return;
    await attempt(() => jiayi.post("reservation/cancel", { reservationid }));
    list.refresh();
  };

  const describe = (item) => {
    const doctor = inbox.people.find(({ uid }) => uid === item.doctoruid);
    const isComing = item.status === "accepted" && new Date(item.time) > Date.now();
    const canWrite = isComing && doctor && !doctor.closed;
    return {
      other: doctor,
      reply: item.reply && t("The doctor: {0}", item.reply),
      hint: isComing && t("It is agreed: if you cannot come, write to the doctor."),
      action:
        item.status === "applied"
          ? button(t("Call off"), () => callOff(item))
          : canWrite && writeLink(doctor),
    };
  };

  return {
    show(element) {
      const doctors = inbox.people.filter(({ role, closed }) => role === "doctor" && !closed);
      return showAppointments(element, { list, head: request(jiayi, doctors, list), describe });
    },
  };
}

/** The form that asks for an appointment. */
function request(jiayi, doctors, list) {
  if (!doctors.length) return empty(t("Sign a contract first: then you may ask for appointments."));
  const options = doctors.map((doctor) => h("option", { value: doctor.uid }, named(doctor)));
  const doctor = /** @type {HTMLSelectElement} */ (h("select", { name: "doctoruid" }, options));
  const when = whenFields(jiayi, doctor);
  return form({
    fields: [
      h("h2", {}, t("Ask for an appointment")),
      field(t("Doctor"), doctor),
      when.element,
      field(t("What for"), h("input", { name: "reason", required: true, maxlength: 200 })),
    ],
    submit: t("Ask"),
    send: ({ doctoruid, time, reason }) =>
      jiayi.post("reservation/create", { doctoruid, time: new Date(time).toISOString(), reason }),
    done: (_, element) => {
      note(t("The doctor has been asked."));
      element.reset();
      when.draw();
      list.refresh();
    },
  });
}
