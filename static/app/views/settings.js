// What somebody may set for this device, as a dialog. Each switch holds at once.

import { ask } from "../parts/dialog.js";
import { h } from "../parts/dom.js";
import { t } from "../state/language.js";
import { isSet, set } from "../state/settings.js";

export function showSettings() {
  const hint = t("Otherwise Enter begins a new line, and Ctrl + Enter sends.");
  return ask({ title: t("Settings of this device"), fields: [toggle("enterSends", t("Enter sends"), hint)] });
}

/** @param {import("../state/settings.js").Setting} name */
function toggle(name, label, hint) {
  const onchange = ({ target }) => set(name, target.checked);
  const input = h("input", { type: "checkbox", role: "switch", name, checked: isSet(name), onchange });
  return h("label", { class: "tick" }, input, h("span", {}, label, h("small", {}, hint)));
}
