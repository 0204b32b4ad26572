// Dialogs that ask for something, or only show it.

import { t } from "../state/language.js";
import { button, h } from "./dom.js";
import { form } from "./form.js";
import { openModal } from "./modal.js";

/**
 * Opens a dialog and waits until it is closed.
 * @param {object} dialog
 * @param {string} dialog.title
 * @param {Node[]} [dialog.fields]
 * @param {string|false} [dialog.confirm] what the button that confirms says; without it, the dialog only shows
 * @param {boolean} [dialog.danger] whether confirming destroys something
 * @returns {Promise<Record<string, string>|null>} the fields, or null if it was not confirmed
 */
export function ask({ title, fields = [], confirm, danger }) {
  return new Promise((resolve) => {
    const id = `d-${Math.random().toString(36).slice(2, 8)}`;
    const inner = h(
      "form",
      { method: "dialog", class: "form" },
      h("h2", { id }, title),
      fields,
      h(
        "p",
        { class: "actions" },
        h("button", { type: "button", onclick: () => dialog.close() }, confirm ? t("Cancel") : t("Back")),
        confirm && h("button", { class: danger ? "danger" : "primary", value: "yes" }, confirm),
      ),
    );
    const dialog = h("dialog", { "aria-labelledby": id }, inner);
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes" ? Object.fromEntries(new FormData(inner)) : null);
      dialog.remove();
    });
    document.body.append(dialog);
    openModal(dialog);
  });
}

/**
 * Opens a dialog that stays until what it asks for was done, or it is given up; what goes wrong is said in it.
 * @param {object} dialog
 * @param {string} dialog.title
 * @param {Node[]} dialog.fields
 * @param {string} dialog.submit what its button says
 * @param {(fields: Record<string, string>, isOpen: () => boolean) => Promise<void>} dialog.send
 * @returns {Promise<boolean>} whether it was done
 */
export function askUntilDone({ title, fields, submit, send }) {
  return new Promise((resolve) => {
    const id = `d-${Math.random().toString(36).slice(2, 8)}`;
    const beside = button(t("Cancel"), () => dialog.close());
    let isDone = false;
    const isOpen = () => dialog.hasAttribute("open");
    const done = (outcome) => {
      if (outcome === false) return;
      isDone = isOpen();
      dialog.close();
    };
    const inner = form({
      plain: true,
      submit,
      send: (answer) => send(answer, isOpen),
      done,
      beside,
      fields: [h("h2", { id }, title), fields],
    });
    inner.className = "form";
    const dialog = h("dialog", { "aria-labelledby": id }, inner);
    dialog.addEventListener("close", () => {
      resolve(isDone);
      dialog.remove();
    });
    document.body.append(dialog);
    openModal(dialog);
  });
}
