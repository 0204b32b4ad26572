// A video call on the page: ringing, the two pictures, the switches, the end.

import { Calls } from "../client/jiayi.js";
import { attempt, fill, h, minutes, note } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/** Lets somebody call and be called. Returns what makes the button of a room of two. */
export function telephone(jiayi) {
  const calls = new Calls(jiayi);
  calls.addEventListener("ring", ({ detail }) => show(detail, detail.from.name));
  const call = ({ roomid, title }) => attempt(async () => show(await calls.call({ roomid }), title));
  return (room) => (["alonechat", "doctorfriend"].includes(room.kind) && !room.contact?.closed ? [
    h("button", { type: "button", class: "quiet", title: t("Video call"), "aria-label": t("Video call"), onclick: () => call(room) }, icon("video"))] : []);
}

function show(call, name) {
  const remote = h("video", { class: "remote", autoplay: true, playsinline: true, "aria-label": name });
  const local = h("video", { class: "local", autoplay: true, playsinline: true, muted: true, "aria-label": t("You") });
  const status = h("p", { class: "status", role: "status" });
  const lasting = h("p", { class: "lasting", role: "timer" });
  const controls = h("div", { class: "controls" });
  const dialog = h("dialog", { class: "call", "aria-label": t("Video call with {0}", name) }, remote, local, h("h2", {}, name), status, lasting, controls);
  // Escape must not leave a call that goes on unseen.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  local.muted = true;
  remote.srcObject = call.remote;
  document.body.append(dialog);
  dialog.showModal();

  const answer = () => attempt(() => call.accept());
  const hangUp = () => attempt(() => call.hangUp());
  const control = (label, name, kind, onclick, pressed) =>
    h("button", { type: "button", class: `round ${kind}`, "aria-label": label, title: label, "aria-pressed": pressed, onclick }, icon(name));
  const toggle = (kind, name, label) => control(label, name, call.isOn(kind) ? "" : "off", () => call.turn(kind, !call.isOn(kind)), String(call.isOn(kind)));
  let drawn = "";
  let begun = 0;
  const clock = setInterval(() => call.state === "active" && fill(lasting, minutes(Math.floor((Date.now() - begun) / 1000))), 1000);

  const draw = () => {
    dialog.dataset.state = call.state;
    local.srcObject ??= call.local;
    local.hidden = !call.local;
    if (call.state === "active") begun ||= Date.now();
    fill(status, words(call));
    const key = `${call.state} ${call.isOn("audio")} ${call.isOn("video")}`;
    if (key !== drawn) {
      const active = call.state !== "ringing" || !call.incoming;
      fill(controls, call.state !== "ended" && [
        active && call.local && toggle("audio", "microphone", t("Microphone")),
        active && call.local?.getVideoTracks().length > 0 && toggle("video", "video", t("Camera")),
        call.incoming && call.state === "ringing" && control(t("Accept the call"), "phone", "primary", answer),
        control(call.incoming && call.state === "ringing" ? t("Decline") : t("Hang up"), "phone", "danger", hangUp)]);
    }
    drawn = key;
    if (call.state !== "ended") return;
    clearInterval(clock);
    if (call.reason !== "elsewhere") note(words(call));
    dialog.close();
    dialog.remove();
  };
  call.addEventListener("state", draw);
  draw();
  if (call.incoming) ring(call);
}

/** Rings as long as the call does; in silence where the browser allows no sound yet. */
function ring(call) {
  const sound = new AudioContext();
  const beat = () => {
    if (sound.state !== "running") return;
    for (const pause of [0, 0.4]) {
      const [tone, volume] = [sound.createOscillator(), sound.createGain()];
      const begin = sound.currentTime + pause;
      tone.frequency.value = 520;
      volume.gain.setValueAtTime(0, begin);
      volume.gain.linearRampToValueAtTime(0.15, begin + 0.05);
      volume.gain.linearRampToValueAtTime(0, begin + 0.3);
      tone.connect(volume).connect(sound.destination);
      tone.start(begin);
      tone.stop(begin + 0.3);
    }
  };
  const again = setInterval(beat, 2000);
  beat();
  call.addEventListener("state", () => {
    clearInterval(again);
    sound.close().catch(() => {}); // closed already
  });
}

function words(call) {
  const states = { ringing: call.incoming ? t("is calling you") : t("Ringing…"), connecting: t("Connecting…"),
    active: "", reconnecting: t("The picture is lost. Trying again…") };
  const reasons = { hangup: t("The call is over."), reject: t("The call was declined."), busy: t("The line is busy."), timeout: t("Nobody answered."),
    offline: t("The other end has gone offline."), cancel: t("The call was cancelled."), elsewhere: t("Answered elsewhere.") };
  return states[call.state] ?? reasons[call.reason] ?? reasons.hangup;
}
