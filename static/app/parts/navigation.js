// The navigation of a page: a link to each view, with how many things wait there.

import { t } from "../state/language.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { isOffered } from "./route.js";
import { soon } from "./rows.js";

/**
 * @param {import("../shell.js").View[]} views
 * @param {(count: number) => void} onCount told how many things wait in all views, now and after each change
 * @returns {{element: HTMLElement, mark: (view: import("../shell.js").View) => void}} `mark` marks the view shown
 */
export function navigation(views, onCount) {
  const links = new Map(views.map((view) => [view, link(view)]));
  const draw = () => {
    const counts = views.map(({ store }) => store?.count ?? 0);
    views.forEach((view, index) => drawBadge(links.get(view), counts[index]));
    onCount(counts.reduce((sum, count) => sum + count, 0));
  };
  const drawSoon = soon(draw);
  for (const { store } of views) store?.addEventListener("change", drawSoon);
  draw();
  const element = h("nav", { "aria-label": t("Parts of this page") });
  const place = () => fill(element, ...views.filter(isOffered).map((view) => links.get(view)));
  for (const { offer } of views) offer?.addEventListener("change", place);
  place();
  const mark = (view) => links.forEach((link, other) => setCurrent(link, other === view));
  return { element, mark };
}

function link({ id, icon: name, label }) {
  const badge = h("span", { class: "badge", hidden: true });
  return h("a", { href: `#/${id}` }, icon(name), h("span", {}, label), badge);
}

function drawBadge(link, count) {
  const badge = link.querySelector(".badge");
  badge.hidden = !count;
  fill(badge, badgeText(count));
}

function setCurrent(link, isCurrent) {
  if (isCurrent) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

/** How many things wait, with a word for screen readers. */
export function badgeText(count) {
  return [count > 99 ? "99+" : String(count), h("span", { class: "hidden" }, ` ${t("unread")}`)];
}
