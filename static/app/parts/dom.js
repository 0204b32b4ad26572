// Elements: making them and filling them. Text from people always stays text.

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

/** Makes an element of a drawing. */
export function svg(name, properties, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(properties)) element.setAttribute(key, String(value));
  element.append(...present(children));
  return element;
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** A quiet line where a list is empty. */
export function empty(text) {
  return h("p", { class: "empty" }, text);
}

/** A button that does something. `props` are further attributes, such as `class` and `aria-label`. */
export function button(content, onclick, props = {}) {
  return h("button", { type: "button", onclick, ...props }, content);
}
