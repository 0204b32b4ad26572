// What somebody may set for this device, as a dialog, and the way to their quick replies. Each switch holds at once.

import "../state/chinese-late.js";
import { ask } from "../parts/dialog.js";
import { button, h } from "../parts/dom.js";
import { attempt } from "../parts/feedback.js";
import { loadModule } from "../parts/lazy.js";
import { permission } from "../parts/notification.js";
import { turnOnNotifications } from "../parts/offers.js";
import { t } from "../state/language.js";
import { isSet, set } from "../state/settings.js";

/** @param {import("../../client/jiayi.js").Jiayi} jiayi */
export function showSettings(jiayi) {
  const fields = [
    toggle("enterSends", t("Enter sends"), t("Otherwise Enter begins a new line, and Ctrl + Enter sends.")),
    toggle("sounds", t("Sounds"), t("When something comes while you look elsewhere.")),
    notifications(jiayi),
    toggle(
      "showsWords",
      t("Names and words in notifications"),
      t("Others may read them on a locked screen."),
    ),
    jiayi.me.role !== "user" && replies(jiayi),
  ];
  return ask({ title: t("Settings of this device"), fields });
}

function replies(jiayi) {
  const show = async () => (await loadModule(() => import("../parts/replies.js"))).keepReplies(jiayi);
  return button(t("Quick replies"), () => attempt(show));
}

function notifications(jiayi) {
  const hint = permission() === "none" ? t("This browser has none.") : t("When nobody looks at this page.");
  const label = toggle("notifies", t("Notifications"), hint);
  const [input, words] = [label.querySelector("input"), label.querySelector("small")];
  const describe = async () => {
    const always = t("When nobody looks at this page, also while it is closed.");
    words.textContent = (await isTold(jiayi)) ? always : hint;
  };
  input.checked = isSet("notifies") && permission() === "granted";
  input.disabled = permission() === "none";
  input.addEventListener("change", async () => {
    if (input.checked) input.checked = await turnOnNotifications();
    describe();
  });
  describe();
  return label;
}

/** Whether the browser is told while no page is open. */
async function isTold(jiayi) {
  if (jiayi.me.role === "admin" || !("PushManager" in globalThis)) return false;
  return (await loadModule(() => import("../parts/web-push.js"))).follow(jiayi);
}

/** @param {import("../state/settings.js").Setting} name */
function toggle(name, label, hint) {
  const onchange = ({ target }) => set(name, target.checked);
  const input = h("input", { type: "checkbox", role: "switch", name, checked: isSet(name), onchange });
  return h("label", { class: "tick" }, input, h("span", {}, label, h("small", {}, hint)));
}
