// Appointments: a resident asks for one and may call it off; a doctor agrees or declines.

import { ask, attempt, empty, field, fill, form, fully, h, note } from "./dom.js";
import { t } from "./words.js";

const STATES = () => ({ applied: t("waiting for the doctor"), accepted: t("agreed"), rejected: t("declined"), cancelled: t("called off") });

/** The resident's side. */
export function ownReservations({ jiayi, book }) {
  return view({ jiayi, book, title: t("Appointments"), head: (draw) => {
    const doctors = book.people.filter(({ role }) => role === "doctor");
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
  }, actions: (item, draw) => item.status === "applied" && [
    h("button", { type: "button", onclick: async () => {
      if (!await ask({ title: t("Call off this appointment?"), confirm: t("Call off"), danger: true })) return;
      await attempt(() => jiayi.post("reservation/cancel", { reservationid: item.reservationid }));
      draw();
    } }, t("Call off"))] });
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
    actions: (item, draw) => item.status === "applied" && [
      h("button", { type: "button", class: "primary", onclick: () => answer(item, true, draw) }, t("Agree")),
      h("button", { type: "button", onclick: () => answer(item, false, draw) }, t("Decline"))] });
}

function view({ jiayi, book, title, head, actions, counts }) {
  let main = null, waiting = 0;
  const emitter = new EventTarget();
  const list = h("section", { class: "card" });
  const draw = () => attempt(async () => {
    const items = await jiayi.all("reservation/list");
    waiting = counts ? items.filter(({ status }) => status === "applied").length : 0;
    emitter.dispatchEvent(new CustomEvent("change"));
    fill(list, items.length ? h("ul", { class: "rows" }, items.map(row)) : empty(t("There is none.")));
  });
  const names = () => new Map(book.people.map(({ uid, name }) => [uid, name]));
  const row = (item) => h("li", {},
    h("span", { class: "grow" },
      h("strong", {}, fully(item.time)), h("span", { class: `tagged${item.status === "accepted" ? " on" : ""}` }, STATES()[item.status]),
      h("div", {}, names().get(jiayi.me.role === "user" ? item.doctoruid : item.uid) ?? "", " · ", item.reason),
      item.reply && h("small", {}, item.reply)),
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
