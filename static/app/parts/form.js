// Forms and their fields.

import { h, fill } from "./dom.js";
import { explain } from "./feedback.js";

/** A labelled field of a form; the field bears `name`. */
export function field(label, input, hint) {
  const id = `f-${input.getAttribute("name")}-${Math.random().toString(36).slice(2, 8)}`;
  input.id = id;
  return h("p", { class: "field" }, h("label", { for: id }, label), input, hint && h("small", {}, hint));
}

/** A form that sends its fields as an object and shows why it was refused. `beside` stands beside its button. */
export function form({ fields, submit, send, done, plain, beside }) {
  const error = h("p", { class: "error", role: "alert" });
  const button = h("button", { class: "primary", type: "submit" }, submit);
  const element = h(
    "form",
    {
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
    },
    fields,
    error,
    h("p", { class: "actions" }, beside, button),
  );
  return element;
}
