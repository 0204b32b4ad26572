// Opening dialogs, above all else or beside it, also in browsers that have none of their own (Safari before 15.4).

const FOCUSABLE = "a[href], button, input, select, textarea";

/** Opens a dialog above all else on the page. @param {HTMLDialogElement} dialog */
export function openModal(dialog) {
  if (dialog.showModal) dialog.showModal();
  else standIn(dialog);
}

/** Lets a dialog that was opened stand beside the rest of the page, which can be used meanwhile. */
export function openBeside(dialog) {
  dialog.close();
  if (dialog.show) return dialog.show();
  dialog.setAttribute("open", "");
  dialog.removeAttribute("aria-modal");
}

/** Makes an element behave as a dialog: `close`, `returnValue`, `cancel` and `close` as events, the focus inside. */
function standIn(dialog) {
  const before = document.activeElement;
  let pressed = null;
  const close = (value = dialog.returnValue) => {
    const wasInside = dialog.contains(document.activeElement);
    dialog.returnValue = value;
    dialog.removeAttribute("open");
    removeEventListener("keydown", onKey);
    if (wasInside) before?.focus();
    dialog.dispatchEvent(new Event("close"));
  };
  const onKey = (event) => {
    if (event.key === "Escape" && dialog.dispatchEvent(new Event("cancel", { cancelable: true }))) close();
    if (event.key === "Tab") turn(dialog, event);
  };
  Object.assign(dialog, { close, returnValue: "" });
  for (const [name, value] of Object.entries({
    role: "dialog",
    "aria-modal": "true",
    tabindex: "-1",
    open: "",
  }))
    dialog.setAttribute(name, value);
  dialog.addEventListener("click", ({ target }) => (pressed = target.closest("button")));
  dialog.addEventListener("submit", (event) => {
    if (event.target.getAttribute("method") !== "dialog") return;
    event.preventDefault();
    close(pressed?.value);
  });
  addEventListener("keydown", onKey);
  (dialog.querySelector(FOCUSABLE) ?? dialog).focus();
}

/** Leads the focus from the last element to the first, and back. @param {KeyboardEvent} event */
function turn(dialog, event) {
  const all = [...dialog.querySelectorAll(FOCUSABLE)].filter((one) => !one.disabled && one.offsetParent);
  const [from, to] = event.shiftKey ? [all[0], all[all.length - 1]] : [all[all.length - 1], all[0]];
  const isOutside = !dialog.contains(document.activeElement);
  if (!to || (document.activeElement !== from && !isOutside)) return;
  event.preventDefault();
  to.focus();
}
