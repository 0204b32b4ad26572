// One message of a conversation, as it looks: what it says, who wrote it, how far it has come.

import "../state/chinese-late.js";
import { t } from "../state/language.js";
import { content } from "./body.js";
import { isUntaken, textOf } from "./content.js";
import { ask } from "./dialog.js";
import { button, h } from "./dom.js";
import { icon, iconButton } from "./icons.js";
import { personName, plain, roleTag } from "./people.js";
import { quotedLine } from "./quote.js";
import { rowsOf } from "./rows.js";
import { clockTime, fullTime, shortTime } from "./time.js";

const RECALL_WITHIN = 120_000; // ms, as the server has it

/**
 * @param {object} message of the contract, or of this person and not answered yet
 * @param {object} about
 * @param {boolean} about.isMine
 * @param {string} about.state how far it has come
 * @param {boolean} about.isGroup whether the author has to be named
 * @param {() => void} about.again sends it again
 * @param {() => void} about.drop gives it up
 * @param {() => void} about.recall
 * @param {{read: string[], unread: string[]}} about.readers in a group, who has read it and who has not
 * @param {object|null} [about.quoted] the message that it quotes; null where it cannot be seen
 * @param {() => void} [about.seek] leads to that one
 * @param {() => void} [about.quote] quotes it, where one may write
 * @param {HTMLElement} [drawn] how it was drawn before: what it says stays, as it may be playing
 */
export function bubble(message, about, drawn) {
  const { createtime, kind, from } = message;
  const time = h("time", { datetime: createtime, title: fullTime(createtime) }, shortTime(createtime));
  if (message.recalled) return told(withdrawn(from, about.isMine));
  if (kind === "videocall") return callLine(message.body, about.isMine, time);
  if (kind === "system") return told(roleTag("system"), " ", textOf(message.body), " ", time);
  const element = drawn?.querySelector(":scope > .body") ? drawn : saying(message, about);
  element.querySelectorAll(":scope > .body > .quoted, :scope > .meta").forEach((part) => part.remove());
  if (message.quote) element.querySelector(":scope > .body").prepend(quotedLine(about.quoted, about.seek));
  element.append(meta(message, about, time));
  return element;
}

/** Who says what. */
function saying(message, about) {
  const body = h("div", { class: `body ${message.kind}` }, content(message));
  return h("li", { class: `bubble${about.isMine ? " mine" : ""}` }, author(message, about), body);
}

function withdrawn(from, isMine) {
  if (isMine) return t("{0} withdrew a message", t("You"));
  return [roleTag(from.role), " ", t("{0} withdrew a message", plain(from.name))];
}

/** What nobody has written: a line in the middle. */
const told = (...content) => h("li", { class: "told" }, content);

function author({ from, onbehalfof }, { isMine, isGroup }) {
  if (isMine || !(isGroup || onbehalfof)) return null;
  const onDuty = onbehalfof && h("span", { class: "tagged" }, t("on duty, in the doctor's place"));
  return h("span", { class: "author" }, personName(from), onDuty);
}

function meta(message, { isMine, state, again, drop, recall, readers, quote }, time) {
  const quoting =
    quote && message.dialogid && iconButton("reply", t("Quote it"), quote, { class: "quiet hint" });
  if (!isMine) return h("span", { class: "meta" }, time, quoting);
  const marks = { sending: t("sending…"), sent: t("sent"), delivered: t("delivered"), read: t("read") };
  const mark =
    readMark(readers, state) ?? h("span", { class: `mark ${state}` }, marks[state] ?? message.failed);
  const quiet = (text, onclick, more = "") => button(text, onclick, { class: `quiet${more}` });
  const failed = state === "failed" && [quiet(t("Try again"), again), quiet(t("Drop"), drop)];
  const withdraw = whileRecallable(message, () => quiet(t("Withdraw"), recall, " withdraw hint"));
  return h("span", { class: "meta" }, time, mark, failed, withdraw, quoting);
}

/** How many of a group have read a message, which leads to their names. Null where that says nothing. */
function readMark({ read, unread }, state) {
  const count = read.length + unread.length;
  if (!read.length || count < 2) return null;
  const lists = [
    [t("Read by"), read],
    [t("Not read by"), unread],
  ];
  const list = ([title, names]) => [h("h3", {}, title), h("ul", { class: "rows" }, rowsOf(names, nameRow))];
  const shown = lists.filter(([, names]) => names.length).map(list);
  const show = () => ask({ title: t("Who has read it"), fields: shown });
  return button(t("{0} of {1} read", read.length, count), show, { class: `quiet mark ${state}` });
}

const nameRow = (name) => h("li", {}, h("bdi", {}, plain(name)));

/** What is there for as long as a message can be withdrawn. @param {() => HTMLElement} make */
function whileRecallable({ dialogid, createtime }, make) {
  const left = RECALL_WITHIN - (Date.now() - new Date(createtime));
  if (!dialogid || !(left > 0)) return null;
  const element = make();
  // A clock that is slow leaves it no longer than it should be.
  setTimeout(() => element.remove(), Math.min(left, RECALL_WITHIN));
  return element;
}

/** How a call went, for who called or who was called; a missed one stands out for who missed it. */
function callLine(body, isMine, time) {
  const missed = !isMine && isUntaken(body);
  const line = told(icon("video"), missed ? missedText(body) : callText(body), " ", time);
  line.classList.toggle("missed", missed);
  return line;
}

/** What a call that nobody took is for who was called. */
const missedText = ({ reason }) =>
  reason === "busy" ? t("Missed video call: you were in a call") : t("Missed video call");

/** How a call went. */
function callText(body) {
  const reasons = {
    hangup: t("Video call"),
    reject: t("Video call declined"),
    busy: t("Video call: the line was busy"),
    timeout: t("Video call not answered"),
    offline: t("Video call broke off"),
    cancel: t("Video call cancelled"),
  };
  const duration = body?.duration > 0 ? ` ${clockTime(body.duration)}` : "";
  return (reasons[body?.reason] ?? t("Video call")) + duration;
}
