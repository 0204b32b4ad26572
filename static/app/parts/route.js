// Which view the address names: `#/ID/REST…`.

import { fill, h } from "./dom.js";

/** Whether a view is there at present. @param {import("../shell.js").View} view */
export const isOffered = ({ offer }) => !offer || offer.isOn;

/**
 * Returns what tells whether the page still shows the view, and the room, that it shows now: what comes late is not to
 * appear in another.
 */
export function here() {
  const { hash } = location;
  return () => location.hash === hash;
}

/**
 * Shows the view that the address names, now and whenever it changes.
 * @param {import("../shell.js").View[]} views the first is shown if the address names none
 * @param {HTMLElement} main
 * @param {(view: import("../shell.js").View) => void} onShow
 */
export function showViews(views, main, onShow) {
  let shown = null;
  const follow = () => {
    const [id, ...rest] = decodeURIComponent(location.hash.slice(2)).split("/");
    const view = views.find((view) => view.id === id && isOffered(view)) ?? views[0];
    onShow(view);
    if (shown?.view === view && view.turn) return view.turn(rest);
    shown?.leave?.();
    // An element of its own: what a view that was left still brings in does not appear in the next.
    const element = h("div", { class: "view" });
    fill(main, element);
    main.className = `view-${view.id}`;
    shown = { view, leave: view.show(element, rest) };
  };
  addEventListener("hashchange", follow);
  // A view that is there no longer gives way to the first.
  for (const view of views) view.offer?.addEventListener("change", () => shown?.view === view && follow());
  follow();
}
