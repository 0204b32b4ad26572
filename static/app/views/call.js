// A video call on the page, loaded when there is one: ringing, the two pictures, the switches, the end. It may stand
// beside the chat.

import "../state/chinese-late.js";
import { Calls } from "../../client/calls.js";
import { fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { iconButton } from "../parts/icons.js";
import { watchLine } from "../parts/line-quality.js";
import { openBeside, openModal } from "../parts/modal.js";
import { personName, plain } from "../parts/people.js";
import { ring } from "../parts/ringtone.js";
import { clockTime } from "../parts/time.js";
import { t } from "../state/language.js";

/**
 * Lets somebody call and be called.
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @returns {Calls}
 */
export function startCalls(jiayi) {
  const calls = new Calls(jiayi);
  calls.addEventListener("ring", ({ detail }) => showCall(detail, detail.from));
  return calls;
}

/**
 * Shows a call until it ends.
 * @param {import("../../client/call.js").Call} call
 * @param {import("../parts/people.js").Person} other
 */
export function showCall(call, other) {
  const { dialog, draw } = makeDialog(call, other);
  document.body.append(dialog);
  openModal(dialog);
  const onState = () => {
    draw();
    if (call.state !== "ended") return;
    if (call.reason !== "elsewhere") note(statusText(call));
    dialog.close();
    dialog.remove();
    makeRoom(false);
  };
  call.addEventListener("state", onState);
  onState();
  if (call.incoming) ring(call);
}

/** Lets the call stand beside the chat with whom it is, or above all else again. */
function resize(dialog, call) {
  const isBeside = dialog.classList.toggle("beside");
  makeRoom(isBeside);
  if (!isBeside) {
    dialog.close();
    return openModal(dialog);
  }
  location.hash = `#/messages/${call.roomid}`;
  openBeside(dialog);
}

/** Lets nothing of a conversation lie below a call beside it. @param {boolean} isBeside */
function makeRoom(isBeside) {
  document.body.classList.toggle("calling", isBeside);
}

function makeDialog(call, other) {
  const name = plain(other.name);
  const remote = h("video", { class: "remote", autoplay: true, playsinline: true, "aria-label": name });
  const local = h("video", {
    class: "local",
    autoplay: true,
    playsinline: true,
    muted: true,
    "aria-label": t("You"),
  });
  const status = h("p", { class: "status", role: "status" });
  const controls = h("div", { class: "controls" });
  const line = h("p", { class: "line-quality", role: "status" });
  const hint = h("p", { class: "hint", role: "status" });
  const props = { class: "call", "aria-label": t("Video call with {0}", name) };
  const dialog = h(
    "dialog",
    props,
    remote,
    local,
    h("h2", {}, personName(other)),
    status,
    timer(call),
    line,
    hint,
    controls,
  );
  // Escape must not leave a call that goes on unseen.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  local.muted = true;
  remote.srcObject = call.remote;
  watchLine(call, (isBad) => fill(line, isBad && t("The line is bad.")));
  let drawn = "";
  let cameras = 0;
  const draw = () => {
    dialog.dataset.state = call.state;
    local.srcObject ??= call.local;
    local.hidden = !call.local;
    fill(status, statusText(call));
    fill(hint, hintText(call));
    // What is drawn already stays, so that nothing moves under a pointer.
    const isBeside = dialog.classList.contains("beside");
    const version = [call.state, call.isEnabled("audio"), call.isEnabled("video"), cameras, isBeside].join();
    if (version !== drawn) fill(controls, buttons(call, { cameras, isBeside, onResize }));
    drawn = version;
  };
  const onResize = () => {
    resize(dialog, call);
    draw();
  };
  // Browsers name cameras only once one is allowed.
  call.addEventListener("state", async () => {
    if (call.state !== "active" || cameras) return;
    cameras = await call.countCameras();
    if (cameras > 1) draw();
  });
  return { dialog, draw };
}

/** What is to be done where this end has no camera, or no microphone. */
function hintText({ problem, local, state }) {
  if (!problem || state === "ended") return "";
  if (local)
    return problem === "denied" && t("The camera is not allowed; the call goes on without your picture.");
  return {
    denied: t(
      "The other end cannot hear you. Allow the microphone at the sign beside the address, and call again.",
    ),
    missing: t("The other end cannot hear you: there is no microphone."),
    taken: t("The other end cannot hear you: another program has the microphone. Close it, and call again."),
  }[problem];
}

/** For how long the call has been active. */
function timer(call) {
  const element = h("p", { class: "lasting", role: "timer" });
  let begun = 0;
  const tick = () =>
    call.state === "active" && fill(element, clockTime(Math.floor((Date.now() - begun) / 1000)));
  const ticking = setInterval(tick, 1000);
  call.addEventListener("state", () => {
    if (call.state === "active") begun ||= Date.now();
    if (call.state === "ended") clearInterval(ticking);
  });
  return element;
}

function buttons(call, { cameras, isBeside, onResize }) {
  if (call.state === "ended") return [];
  const canAnswer = call.incoming && call.state === "ringing";
  const control = (label, name, kind, onclick, more) =>
    iconButton(name, label, onclick, { class: `round ${kind}`, ...more });
  const toggle = (kind, name, label) => {
    const isOn = call.isEnabled(kind);
    const pressed = { "aria-pressed": String(isOn) };
    return control(label, name, isOn ? "" : "off", () => call.setEnabled(kind, !isOn), pressed);
  };
  const hasCamera = call.local?.getVideoTracks().length > 0;
  const sizes = isBeside
    ? control(t("Enlarge the call"), "enlarge", "", onResize)
    : control(t("Chat beside the call"), "chat", "", onResize);
  const next = () => attempt(() => call.switchCamera());
  return [
    !canAnswer && sizes,
    !canAnswer && call.local && toggle("audio", "microphone", t("Microphone")),
    !canAnswer && hasCamera && toggle("video", "video", t("Camera")),
    hasCamera && cameras > 1 && control(t("Another camera"), "turn", "", next),
    canAnswer && control(t("Accept the call"), "phone", "primary", () => attempt(() => call.accept())),
    control(canAnswer ? t("Decline") : t("Hang up"), "phone", "danger", () => attempt(() => call.hangUp())),
  ];
}

function statusText(call) {
  const states = {
    ringing: call.incoming ? t("is calling you") : t("Ringing…"),
    connecting: t("Connecting…"),
    active: "",
    reconnecting: t("The picture is lost. Trying again…"),
  };
  const reasons = {
    hangup: t("The call is over."),
    reject: t("The call was declined."),
    busy: t("The line is busy."),
    timeout: t("Nobody answered."),
    offline: t("The other end has gone offline."),
    cancel: t("The call was cancelled."),
    elsewhere: t("Answered elsewhere."),
  };
  return states[call.state] ?? reasons[call.reason] ?? reasons.hangup;
}
