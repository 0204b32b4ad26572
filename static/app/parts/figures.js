// Numbers with their names: how many there are, how the server is, how mobile notices are.

import { language, t } from "../state/language.js";
import { h } from "./dom.js";

const HOUR = 3600; // seconds

/**
 * One number with its name.
 * @param {string} name
 * @param {number|string|null|undefined} value
 * @param {"wrong"|""} [state] `wrong` if it should not be so
 */
export function figure(name, value, state = "") {
  const text = typeof value === "number" ? new Intl.NumberFormat(language).format(value) : (value ?? "–");
  return h("div", { class: state }, h("dt", {}, name), h("dd", {}, text));
}

/** What goes wrong, and how long writes take. */
export function healthFigures({ errors, refused, writes, commits }) {
  return [
    figure(t("Errors since the start"), errors, wrongIf(errors > 0)),
    figure(t("Writes refused"), refused, wrongIf(refused > 0)),
    figure(t("Writes that wait"), writes, wrongIf(writes > 1000)),
    figure(t("Half of all writes take"), milliseconds(commits.p50)),
    figure(t("95 of 100 take"), milliseconds(commits.p95)),
  ];
}

/** How mobile notices come through. */
export function mobileFigures({
  state,
  alerts,
  notices,
  devices,
  oldest,
  accepted,
  failed,
  unreachable,
  latency,
}) {
  const states = { off: t("Off"), unknown: t("Not used yet"), ok: t("Works"), refused: t("Keys refused") };
  const vendor = figure(t("Vendor"), states[state], wrongIf(state === "refused"));
  if (state === "off") return [vendor];
  return [
    vendor,
    figure(t("Waiting"), alerts + notices + devices),
    figure(t("Oldest"), seconds(oldest), wrongIf(oldest > 600)),
    figure(t("Accepted"), accepted),
    figure(t("Given up"), failed, wrongIf(failed > 0)),
    figure(t("No device"), unreachable),
    figure(t("Half arrive within"), latency.p50 === null ? null : seconds(latency.p50 / 1000)),
  ];
}

/** What runs here, and how old the last backup is. */
export function deploymentFigures({ version, database, nodes, backups }) {
  const databases = { sqlite: "SQLite", postgresql: "PostgreSQL" };
  return [
    figure(t("Version"), version),
    figure(t("Database"), databases[database]),
    nodes.length > 0 && figure(t("Nodes"), nodes.length),
    backup(backups),
  ];
}

/** A nightly backup is no older than a day, and a while that it takes. */
function backup(backups) {
  if (!backups) return figure(t("Last backup"), t("No folder"));
  const { age } = backups;
  if (age === null) return figure(t("Last backup"), t("None yet"), "wrong");
  return figure(t("Last backup"), ago(age), wrongIf(age > 26 * HOUR));
}

const wrongIf = (condition) => (condition ? "wrong" : "");

const short = (number) => new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(number);

const milliseconds = (number) => (number === null ? null : t("{0} ms", short(number)));

function seconds(number) {
  return number < 120 ? t("{0} s", short(number)) : t("{0} min", short(Math.floor(number / 60)));
}

function ago(age) {
  return age < 2 * HOUR ? t("{0} min ago", Math.floor(age / 60)) : t("{0} h ago", Math.floor(age / HOUR));
}
