// The appointments that residents ask a doctor for: a week of them, the hours for them, agreeing, declining.

import { showAppointments } from "../parts/appointments.js";
import { ask } from "../parts/dialog.js";
import { button, h } from "../parts/dom.js";
import { attempt } from "../parts/feedback.js";
import { field } from "../parts/form.js";
import { hoursCard } from "../parts/hours-card.js";
import { plain } from "../parts/people.js";
import { clock, isOn, weekCard } from "../parts/week.js";
import { t } from "../state/language.js";

/**
 * @param {import("../state/context.js").Context} context
 * @param {import("../state/list-store.js").ListStore} list
 */
export function askedAppointments({ jiayi, inbox }, list) {
  const agree = (item) => answer(item, true, { title: t("Agree to this appointment?"), confirm: t("Agree") });
  const decline = (item) =>
    answer(item, false, { title: t("Decline this appointment?"), confirm: t("Decline"), danger: true });

  const answer = async ({ reservationid }, accept, question) => {
    const input = h("input", { name: "reply", maxlength: 200 });
    const fields = await ask({ ...question, fields: [field(t("A word to the resident (optional)"), input)] });
    if (!fields) return;
    const reply = fields.reply ? { reply: fields.reply } : {};
    await attempt(() => jiayi.post("reservation/update", { reservationid, accept, ...reply }));
    list.refresh();
  };

  const describe = (item) => ({
    other: inbox.people.find(({ uid }) => uid === item.uid) ?? { name: item.name, role: "user" },
    reply: item.reply && t("You: {0}", item.reply),
    action: item.status === "applied" && [
      h(
        "span",
        { class: "actions" },
        button(t("Agree"), () => agree(item), { class: "primary" }),
        button(t("Decline"), () => decline(item)),
      ),
    ],
  });

  const show = (element) => {
    const week = weekCard({
      entries: (day) => onDay(list.items, day).map(entry),
      none: t("There is none in this week."),
    });
    const head = [week.element, hoursCard(jiayi)];
    const leave = [list.watch(week.draw), showAppointments(element, { list, head, describe })];
    week.draw();
    return () => leave.forEach((end) => end());
  };
  return { show };
}

/** The appointments of a day that are agreed or wait, the earliest first. */
function onDay(items, day) {
  const isComing = ({ status }) => status === "applied" || status === "accepted";
  const coming = items.filter((item) => isComing(item) && isOn(day, item.time));
  return coming.sort((one, other) => one.time.localeCompare(other.time));
}

function entry({ time, status, name, reason }) {
  const waits = status === "applied" && h("small", {}, t("to be answered"));
  const about = [h("strong", {}, clock(time)), " ", h("bdi", {}, plain(name))];
  return h("li", { class: status, title: reason }, about, waits);
}
