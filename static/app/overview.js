// The back office's overview: the figures, how much is written, what goes wrong, who is connected.

import { ask, attempt, empty, fill, h } from "./dom.js";
import { bars } from "./bars.js";
import { language, t } from "./words.js";

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
    const [counts, server, notices] = [1, 2, 3].map(() => h("dl", { class: "figures" }));
    const [days, hours, sessions] = [1, 2, 3].map(() => h("div", {}));
    const offset = -new Date().getTimezoneOffset();
    const draw = () => attempt(async () => {
      const [stats, { items }] = await Promise.all([jiayi.get("stats", { offset }), jiayi.get("session/list", { limit: 200 })]);
      fill(counts, Object.entries(names()).map(([name, words]) => figure(words, stats[name])));
      chart(days, t("Messages a day"), stats.days, { month: "numeric", day: "numeric" });
      chart(hours, t("Messages an hour"), stats.hours, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      fill(server, health(stats));
      fill(notices, reached(stats.push));
      fill(sessions, items.length ? h("ul", { class: "rows" }, items.map((session) => h("li", {},
        h("span", { class: "grow" }, h("strong", {}, session.name), h("span", { class: "tagged" }, roles()[session.role])),
        session.uid !== jiayi.me.uid && h("button", { type: "button", "aria-label": t("Log {0} out", session.name), onclick: () => kick(session, draw) }, t("Log out"))))) : empty(t("Nobody.")));
    });
    fill(main, h("h1", {}, t("Overview")), counts,
      h("div", { class: "charts" }, h("section", { class: "card" }, days), h("section", { class: "card" }, hours)),
      h("section", {}, h("h2", {}, t("How the server fares")), server),
      h("section", {}, h("h2", {}, t("Mobile notices")), notices),
      h("section", { class: "card" }, h("h2", {}, t("Who is online")), sessions));
    draw();
    const timer = setInterval(draw, AGAIN);
    return () => clearInterval(timer);
  } };
}

/** One number with its name; `wrong` where it should not be so. */
function figure(words, number, wrong) {
  const text = typeof number === "number" ? new Intl.NumberFormat(language).format(number) : number ?? "–";
  return h("div", { class: wrong && "wrong" }, h("dt", {}, words), h("dd", {}, text));
}

function chart(place, title, spans, parts) {
  const label = new Intl.DateTimeFormat(language, parts);
  const points = spans.map(({ begins, messages }) => ({ name: label.format(new Date(begins)), value: messages }));
  // What is drawn already stays, so that nothing moves under a pointer.
  const version = JSON.stringify(points);
  if (place.dataset.version === version) return;
  place.dataset.version = version;
  fill(place, bars(title, points, place.querySelector("details")?.open));
}

const short = (number) => new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(number);
const millis = (number) => number === null ? null : t("{0} ms", short(number));
const seconds = (number) => number < 120 ? t("{0} s", short(number)) : t("{0} min", short(Math.floor(number / 60)));

/** What goes wrong, and how long things take. */
function health({ errors, refused, writes, commits }) {
  return [figure(t("Errors since the start"), errors, errors > 0), figure(t("Writes refused"), refused, refused > 0),
    writes !== null && figure(t("Writes that wait"), writes, writes > 1000),
    figure(t("Half of all writes take"), millis(commits.p50)), figure(t("95 of 100 take"), millis(commits.p95))];
}

/** How mobile notices fare. */
function reached({ state, alerts, notices, devices, oldest, accepted, failed, unreachable, latency }) {
  const states = { off: t("Off"), unknown: t("Not used yet"), ok: t("Works"), refused: t("Keys refused") };
  const first = figure(t("Vendor"), states[state], state === "refused");
  if (state === "off") return [first];
  return [first, figure(t("Waiting"), alerts + notices + devices), figure(t("Oldest"), seconds(oldest), oldest > 600), figure(t("Accepted"), accepted),
    figure(t("Given up"), failed, failed > 0), figure(t("No device"), unreachable), figure(t("Half arrive within"), latency.p50 === null ? null : seconds(latency.p50 / 1000))];
}
