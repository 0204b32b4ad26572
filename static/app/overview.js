// The back office's overview: the figures, and who is connected.

import { ask, attempt, empty, fill, h } from "./dom.js";
import { t } from "./words.js";

const AGAIN = 10_000; // both are read again while one looks at them

/** @param {import("../client/jiayi.js").Jiayi} jiayi */
export function overview(jiayi) {
  const names = () => ({ connections: t("Connections"), waiting: t("Waiting questions"), onduty: t("Doctors on duty"), applied: t("Applications"),
    signed: t("Contracts in force"), users: t("Residents"), doctors: t("Doctors"), teams: t("Teams"), communities: t("Communities") });
  const roles = () => ({ user: t("Resident"), doctor: t("Doctor"), admin: t("Back office") });
  const kick = async (session, draw) => {
    if (!await ask({ title: t("Log {0} out everywhere?", session.name), confirm: t("Log out"), danger: true })) return;
    await attempt(() => jiayi.post("session/kick", { uid: session.uid }));
    draw();
  };
  return { id: "overview", label: t("Overview"), icon: "chart", show(main) {
    const figures = h("dl", { class: "figures" });
    const sessions = h("div", {});
    const draw = () => attempt(async () => {
      const [stats, { items }] = await Promise.all([jiayi.get("stats"), jiayi.get("session/list", { limit: 200 })]);
      const known = names();
      fill(figures, Object.entries(known).map(([name, words]) => h("div", {}, h("dt", {}, words), h("dd", {}, String(stats[name])))));
      fill(sessions, items.length ? h("ul", { class: "rows" }, items.map((session) => h("li", {},
        h("span", { class: "grow" }, h("strong", {}, session.name), h("span", { class: "tagged" }, roles()[session.role])),
        session.uid !== jiayi.me.uid && h("button", { type: "button", "aria-label": t("Log {0} out", session.name), onclick: () => kick(session, draw) }, t("Log out"))))) : empty(t("Nobody.")));
    });
    fill(main, h("h1", {}, t("Overview")), figures, h("section", { class: "card" }, h("h2", {}, t("Who is online")), sessions));
    draw();
    const timer = setInterval(draw, AGAIN);
    return () => clearInterval(timer);
  } };
}
