// Small helpers around the document: elements, dialogs, notes. Text from people is always text.

import { t } from "./words.js";

/**
 * Makes an element. `on…` properties become listeners, `true` an empty attribute; null, false
 * and undefined are left out. Strings among the children become text, never markup.
 */
export function h(name, props = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

/** Children without what is absent, flat. */
function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** A labelled field of a form; the field bears `name`. */
export function field(label, input, hint) {
  const id = `f-${input.getAttribute("name")}-${Math.random().toString(36).slice(2, 8)}`;
  input.id = id;
  return h("p", { class: "field" }, h("label", { for: id }, label), input, hint && h("small", {}, hint));
}

/** A form that sends its fields as an object and shows why it was refused. */
export function form({ fields, submit, send, done, plain }) {
  const error = h("p", { class: "error", role: "alert" });
  const button = h("button", { class: "primary", type: "submit" }, submit);
  const element = h("form", {
    class: plain ? "plain" : "card form",
    novalidate: false,
    onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      fill(error);
      try {
        const answer = await send(Object.fromEntries(new FormData(element)));
        await done?.(answer, element);
      } catch (problem) {
        fill(error, explain(problem));
      } finally {
        button.disabled = false;
      }
    },
  }, fields, error, h("p", { class: "actions" }, button));
  return element;
}

/** What went wrong, in words for people. */
export function explain(problem) {
  const known = {
    NETWORK: t("The server cannot be reached."), FA_AUTH: t("Account or password is wrong."),
    FA_PERMISSION: t("You may not do this."), FA_NOTFOUND: t("This is not there any more."),
    FA_STATE: t("Somebody has been here already; the list was out of date."), FA_CONFLICT: t("This is taken already."),
    FA_BUSY: t("The line is busy."), FA_TOOLARGE: t("This is too large."), FA_LIMIT: t("Too often; wait a moment."),
    FA_OVERLOAD: t("The server is busy; try again in a moment."), FA_SYS: t("The server failed to do this."),
  };
  if (problem.code === "FA_PARAM") return `${t("Please check your entry.")} (${problem.message})`;
  return known[problem.code] ?? known.FA_SYS;
}

/** A note that goes by itself, also read out. */
export function note(text) {
  let region = document.querySelector("#notes");
  if (!region) document.body.append(region = h("div", { id: "notes", role: "status" }));
  const element = h("p", {}, text);
  region.append(element);
  setTimeout(() => element.remove(), 6000);
}

/** Does something and notes a failure. */
export async function attempt(work) {
  try {
    return await work();
  } catch (problem) {
    if (problem.code === undefined) throw problem;
    note(explain(problem));
    return undefined;
  }
}

/** Asks in a dialog, or only shows where there is nothing to confirm. Resolves to the fields, or to null where it was given up. */
export function ask({ title, fields = [], confirm, danger }) {
  return new Promise((resolve) => {
    const id = `d-${Math.random().toString(36).slice(2, 8)}`;
    const inner = h("form", { method: "dialog", class: "form" },
      h("h2", { id }, title), fields,
      h("p", { class: "actions" },
        h("button", { type: "button", onclick: () => dialog.close() }, confirm ? t("Cancel") : t("Back")),
        confirm && h("button", { class: danger ? "danger" : "primary", value: "yes" }, confirm)));
    const dialog = h("dialog", { "aria-labelledby": id }, inner);
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes" ? Object.fromEntries(new FormData(inner)) : null);
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A quiet line where a list is empty. */
export function empty(text) {
  return h("p", { class: "empty" }, text);
}

/** A time as people say it: today's by the clock, others by the day. */
export function when(text) {
  const time = new Date(text);
  const today = new Date().toDateString() === time.toDateString();
  const parts = today ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : { month: "short", day: "numeric" };
  return new Intl.DateTimeFormat(document.documentElement.lang, parts).format(time);
}

/** A stretch of time, as a clock shows it. */
export function minutes(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A time in full. */
export function fully(text) {
  const parts = { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" };
  return new Intl.DateTimeFormat(document.documentElement.lang, parts).format(new Date(text));
}

/**
 * Brings a list to hold the wanted rows, touching only those that changed.
 * @param {HTMLElement} list
 * @param {{key: string, version: string, make: () => HTMLElement}[]} wanted
 */
export function reconcile(list, wanted) {
  const present = new Map([...list.children].map((element) => [element.dataset.key, element]));
  let place = list.firstElementChild;
  for (const { key, version, make } of wanted) {
    let element = present.get(key);
    if (element?.dataset.version !== version) {
      const made = make();
      Object.assign(made.dataset, { key, version });
      made.classList.toggle("still", Boolean(element)); // what was there does not appear anew
      if (element === place) place = element?.nextElementSibling ?? null;
      element?.remove();
      element = made;
    }
    present.delete(key);
    if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
  present.forEach((element) => element.remove());
}
