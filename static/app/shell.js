// The frame of a page: its header, the navigation, the state of the connection, and the view that is shown.

import { Alerts } from "./parts/alerts.js";
import { connectionBanner } from "./parts/banner.js";
import { button, fill, h } from "./parts/dom.js";
import { attempt } from "./parts/feedback.js";
import { icon, iconButton, LOGO } from "./parts/icons.js";
import { loadModule } from "./parts/lazy.js";
import { navigation } from "./parts/navigation.js";
import { subscription, takeBack } from "./parts/notification.js";
import { offers } from "./parts/offers.js";
import { personName } from "./parts/people.js";
import { resume } from "./parts/resume.js";
import { applySettings, switches } from "./parts/switches.js";
import { showViews } from "./parts/route.js";
import { pageTitle } from "./parts/title.js";
import { installWorker, lookForNewer, showNewer, watchVersions } from "./parts/worker.js";
import { forgetDrafts } from "./state/drafts.js";
import { t } from "./state/language.js";
import { isSet, settingsOf } from "./state/settings.js";
import { login } from "./views/login.js";

/**
 * @typedef {object} View a part of a page that is shown as a whole
 * @property {string} id what the address names it by
 * @property {string} label
 * @property {string} icon
 * @property {EventTarget & {count: number}} [store] emits `change`; `count` is how many things wait in the view
 * @property {EventTarget & {isOn: boolean}} [offer] emits `change`; the view is there while `isOn`, and always without
 * @property {(element: HTMLElement, rest: string[]) => (() => void)|void} show draws it; returns what leaves it
 * @property {(rest: string[]) => void} [turn] shows another part of the view; `rest` is the rest of the address
 *
 * @typedef {object} Page
 * @property {import("../client/jiayi.js").Role} role
 * @property {string} title
 * @property {(jiayi: import("../client/jiayi.js").Jiayi) => Promise<View[]>|View[]} views
 */

/** Opens a page: its views if somebody is logged in, else the login. @param {Page} page */
export async function openPage(page) {
  applySettings();
  installWorker();
  pageTitle(page.title);
  const main = h("main", { class: "greet" });
  fill(document.body, h("header", { class: "bar" }, brand(), switches()), main);
  const jiayi = await attempt(() => resume(page.role, main));
  if (jiayi) return enter(jiayi, page);
  if (jiayi === null) forgetPerson(page.role); // whoever was logged in is not any more
  fill(
    main,
    login(page, (jiayi) => enter(jiayi, page)),
  );
}

/** Forgets what a login leaves on the device, unless it is this person's. @param {string} role @param {string} [uid] */
function forgetPerson(role, uid) {
  forgetDrafts(role, uid);
  if (!uid) takeBack();
}

async function enter(jiayi, page) {
  forgetPerson(page.role, jiayi.me.uid);
  settingsOf(jiayi.me);
  const views = await page.views(jiayi);
  const main = h("main", { id: "main", tabindex: -1 });
  const title = pageTitle(page.title);
  const { element, mark } = navigation(views, title.setCount);
  const offered = offers();
  const banners = h("div", { class: "banners" }, connectionBanner(jiayi), offered.element);
  fill(document.body, skipLink(main), h("div", { class: "frame" }, header(jiayi), element, banners, main));
  showViews(views, main, mark);
  ignoreDrops();
  const alerts = new Alerts(jiayi);
  alerts.addEventListener("caller", ({ detail }) => title.setCaller(detail?.name ?? ""));
  alerts.addEventListener("missed", offered.offerNotifications);
  for (const view of views) tellOfMore(alerts, view);
  watchVersions(() => offered.offerNewer(showNewer));
  jiayi.addEventListener("status", ({ detail }) => detail === "online" && lookForNewer());
  jiayi.connect();
  tellBrowser(jiayi);
}

/** Has the browser told while no page is open, where that is set and it can be. */
function tellBrowser(jiayi) {
  if (jiayi.me.role === "admin" || !("PushManager" in globalThis)) return;
  const follow = async () => (await import("./parts/web-push.js")).follow(jiayi);
  addEventListener("settings", () => follow().catch(() => {})); // next time, then
  // Whoever was logged in here before may be told still.
  const start = async () => (isSet("notifies") || (await subscription())) && follow();
  start().catch(() => {});
}

/** Tells of a view in which more waits than before; messages are told of one by one. @param {View} view */
function tellOfMore(alerts, { id, label, store }) {
  if (!store || id === "messages") return;
  let known = null;
  store.addEventListener("change", () => {
    const { count } = store;
    if (known !== null && count > known)
      alerts.tell({ tag: id, text: `${label}: ${count}`, hash: `#/${id}` });
    known = count;
  });
}

/** A file that is dropped beside its place must not take the page's. */
function ignoreDrops() {
  for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());
}

function header(jiayi) {
  const { title } = jiayi.me;
  const content = [icon("leave"), h("span", { class: "wide" }, t("Log out"))];
  const leave = button(content, () => attempt(() => jiayi.logout()), { class: "quiet", title: t("Log out") });
  const who = [personName(jiayi.me), title && h("small", {}, title), switches(), settings(jiayi), leave];
  return h("header", { class: "bar" }, brand(), h("div", { class: "who" }, who));
}

function settings(jiayi) {
  const show = async () => (await loadModule(() => import("./views/settings.js"))).showSettings(jiayi);
  return iconButton("settings", t("Settings"), () => attempt(show));
}

/** Leads past the navigation, for keyboards. */
function skipLink(main) {
  const onclick = (event) => {
    event.preventDefault();
    main.focus();
  };
  return h("a", { class: "skip", href: "#main", onclick }, t("Skip to the content"));
}

function brand() {
  const logo = h("img", { src: LOGO, alt: "", width: 28, height: 28 });
  return h("a", { class: "brand", href: "/", "aria-label": "家医 jiayi" }, logo, h("span", {}, "家医 jiayi"));
}
