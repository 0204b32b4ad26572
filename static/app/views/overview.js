// The back office's overview: how much there is, how much is written, what goes wrong, who is connected.

import { bars } from "../parts/bars.js";
import { ask } from "../parts/dialog.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt } from "../parts/feedback.js";
import { deploymentFigures, figure, healthFigures, mobileFigures } from "../parts/figures.js";
import { named, personText, plain } from "../parts/people.js";
import { rowsOf } from "../parts/rows.js";
import { language, t } from "../state/language.js";

const REFRESH = 10_000; // ms between two readings while it is shown

/** The numbers of `stats`, for people. */
const COUNTS = {
  connections: t("Connections"),
  waiting: t("Waiting questions"),
  onduty: t("Doctors on duty"),
  applied: t("Applications"),
  signed: t("Contracts in force"),
  users: t("Residents"),
  doctors: t("Doctors"),
  teams: t("Teams"),
  communities: t("Communities"),
};

/** @param {import("../../client/jiayi.js").Jiayi} jiayi */
export function overview(jiayi) {
  return {
    show(element) {
      const parts = makeParts();
      layOut(element, parts);
      const draw = () => attempt(() => readAndDraw(jiayi, parts, draw));
      draw();
      const timer = setInterval(draw, REFRESH);
      return () => clearInterval(timer);
    },
  };
}

function makeParts() {
  const figures = () => h("dl", { class: "figures" });
  const box = () => h("div", {});
  return {
    counts: figures(),
    health: figures(),
    mobile: figures(),
    deployment: h("dl", { class: "figures words" }),
    days: box(),
    hours: box(),
    sessions: box(),
  };
}

function layOut(element, { counts, health, mobile, deployment, days, hours, sessions }) {
  const card = (...content) => h("section", { class: "card" }, content);
  fill(
    element,
    h("h1", {}, t("Overview")),
    counts,
    h("div", { class: "charts" }, card(days), card(hours)),
    h("section", {}, h("h2", {}, t("How the server fares")), health),
    h("section", {}, h("h2", {}, t("Mobile notices")), mobile),
    h("section", {}, h("h2", {}, t("What runs here")), deployment),
    card(h("h2", {}, t("Who is online")), sessions),
  );
}

async function readAndDraw(jiayi, parts, redraw) {
  const offset = -new Date().getTimezoneOffset();
  const [stats, sessions] = await Promise.all([jiayi.get("stats", { offset }), jiayi.all("session/list")]);
  const counts = Object.entries(COUNTS).map(([name, text]) => figure(text, stats[name]));
  fill(parts.counts, counts);
  drawChart(parts.days, t("Messages a day"), stats.days, { month: "numeric", day: "numeric" });
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  drawChart(parts.hours, t("Messages an hour"), stats.hours, clock);
  fill(parts.health, healthFigures(stats));
  fill(parts.mobile, mobileFigures(stats.push));
  fill(parts.deployment, deploymentFigures(stats.deployment));
  const logOut = (session) => endSession(jiayi, session).then(redraw);
  const rows = rowsOf(sessions, (session) =>
    sessionRow(session, session.uid !== jiayi.me.uid && (() => logOut(session))),
  );
  fill(parts.sessions, rows.length ? h("ul", { class: "rows" }, rows) : empty(t("Nobody.")));
}

function drawChart(box, title, spans, dateParts) {
  const label = new Intl.DateTimeFormat(language, dateParts);
  const points = spans.map(({ begins, messages }) => ({
    name: label.format(new Date(begins)),
    value: messages,
  }));
  // What is drawn already stays, so that nothing moves under a pointer.
  const version = JSON.stringify(points);
  if (box.dataset.version === version) return;
  box.dataset.version = version;
  fill(box, bars(title, points, box.querySelector("details")?.open));
}

/** @param {(() => void)|false} logOut */
function sessionRow(session, logOut) {
  const label = { "aria-label": t("Log {0} out", plain(session.name)) };
  return h("li", {}, personText(session), logOut && button(t("Log out"), logOut, label));
}

async function endSession(jiayi, { uid, name, role }) {
  const title = t("Log {0} out everywhere?", named({ name, role }));
  if (!(await ask({ title, confirm: t("Log out"), danger: true }))) return;
  await attempt(() => jiayi.post("session/kick", { uid }));
}
