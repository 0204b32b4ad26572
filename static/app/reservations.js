// Appointments: a resident asks for one and may call it off; a doctor agrees or declines.

import { ask, attempt, empty, field, fill, form, fully, h, note } from "./dom.js";
import { t } from "./words.js";

const STATES = () => ({ applied: t("waiting for the doctor"), accepted: t("agreed"), rejected: t("declined"), cancelled: t("called off") });

/** The resident's side. */
export function ownReservations({ jiayi, book }) {
  return view({ jiayi, book, title: t("Appointments"), head: (draw) => {
    const doctors = book.people.filter(({ role, closed }) => role === "doctor" && !closed);
    if (!doctors.length) return empty(t("Sign a contract first: then you may ask for appointments."));
    const soon = new Date(Date.now() + 86_400_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    return form({
      fields: [h("h2", {}, t("Ask for an appointment")),
        field(t("Doctor"), h("select", { name: "doctoruid" }, doctors.map(({ uid, name }) => h("option", { value: uid }, name)))),
        field(t("When"), h("input", { name: "time", type: "datetime-local", required: true, value: soon })),
        field(t("What for"), h("input", { name: "reason", required: true, maxlength: 200 }))],
      submit: t("Ask"),
      send: ({ doctoruid, time, reason }) => jiayi.post("reservation/create", { doctoruid, time: new Date(time).toISOString(), reason }),
      done: (_, element) => { note(t("The doctor has been asked.")); element.reset(); draw(); },
    });
  }, actions: (item, draw) => {
    if (item.status === "applied") return h("button", { type: "button", onclick: () => callOff(item, draw) }, t("Call off"));
    const doctor = book.people.find(({ uid, closed }) => uid === item.doctoruid && !closed);
    if (item.status !== "accepted" || !doctor || new Date(item.time) < Date.now()) return null;
    return h("a", { class: "button", href: `#/messages/${doctor.roomid}`, "aria-label": t("Write to {0}", doctor.name) }, t("Write"));
  }, hint: (item) => item.status === "accepted" && new Date(item.time) > Date.now() && t("It is agreed: if you cannot come, write to the doctor.") });

  async function callOff(item, draw) {
    if (!await ask({ title: t("Call off this appointment?"), confirm: t("Call off"), danger: true })) return;
    await attempt(() => jiayi.post("reservation/cancel", { reservationid: item.reservationid }));
    draw();
  }
}

/** The doctor's side. */
export function askedReservations({ jiayi, book }) {
  const answer = async (item, accept, draw) => {
    const fields = await ask({ title: accept ? t("Agree to this appointment?") : t("Decline this appointment?"), confirm: accept ? t("Agree") : t("Decline"), danger: !accept,
      fields: [field(t("A word to the resident (optional)"), h("input", { name: "reply", maxlength: 200 }))] });
    if (!fields) return;
    await attempt(() => jiayi.post("reservation/update", { reservationid: item.reservationid, accept, ...(fields.reply ? { reply: fields.reply } : {}) }));
    draw();
  };
  return view({ jiayi, book, title: t("Appointments"), counts: true, head: () => null,
    actions: (item, draw) => item.status === "applied" && h("span", { class: "actions" },
      h("button", { type: "button", class: "primary", onclick: () => answer(item, true, draw) }, t("Agree")),
      h("button", { type: "button", onclick: () => answer(item, false, draw) }, t("Decline"))) });
}

function view({ jiayi, book, title, head, actions, hint, counts }) {
  let main = null, waiting = 0;
  const emitter = new EventTarget();
  const list = h("section", { class: "card" });
  const draw = () => attempt(async () => {
    const items = await jiayi.all("reservation/list");
    waiting = counts ? items.filter(({ status }) => status === "applied").length : 0;
    emitter.dispatchEvent(new CustomEvent("change"));
    fill(list, h("h2", {}, t("All appointments")), items.length ? h("ul", { class: "rows" }, items.map(row)) : empty(t("There is none.")));
  });
  const names = () => new Map(book.people.map(({ uid, name }) => [uid, name]));
  const row = (item) => h("li", {},
    h("span", { class: "grow" },
      h("strong", {}, fully(item.time)), h("span", { class: `tagged${item.status === "accepted" ? " on" : ""}` }, STATES()[item.status]),
      h("div", {}, [names().get(jiayi.me.role === "user" ? item.doctoruid : item.uid), item.reason].filter(Boolean).join(" · ")),
      item.reply && h("div", {}, h("small", {}, counts ? t("You: {0}", item.reply) : t("The doctor: {0}", item.reply))),
      hint?.(item) && h("div", {}, h("small", {}, hint(item)))),
    actions(item, draw));
  book.addEventListener("news", ({ detail: { type } }) => /RESERVATION|ALONECHAT/.test(type) && draw());
  book.addEventListener("fresh", draw);
  return {
    id: "appointments", label: title, icon: "calendar", book: emitter, badge: () => waiting,
    show(element) {
      main = element;
      fill(main, h("h1", {}, title), head(draw), list);
      draw();
      return () => { main = null; };
    },
  };
}
