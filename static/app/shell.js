// What all pages share: logging in, the frame with its navigation, the state of the connection,
// and which view the address names. Views are objects {id, label, icon, badge?, show}.

import { Jiayi } from "../client/jiayi.js";
import { attempt, field, fill, form, h } from "./dom.js";
import { icon } from "./icons.js";
import { apply, switches } from "./settings.js";
import { t } from "./words.js";

const brand = () => h("a", { class: "brand", href: "/" },
  h("img", { src: "/static/icon.svg", alt: "", width: 28, height: 28 }), "家医 jiayi");

/**
 * Opens a page.
 * @param {object} page
 * @param {import("../client/jiayi.js").Role} page.role
 * @param {string} page.title
 * @param {(jiayi: Jiayi) => Promise<object[]>|object[]} page.views
 */
export async function open({ role, title, views }) {
  apply();
  document.title = `${title} · 家医 jiayi`;
  const jiayi = await attempt(() => Jiayi.resume(role));
  if (jiayi) return enter(jiayi, { role, title, views });
  greet({ role, title, views });
}

function greet(page) {
  const login = form({
    fields: [
      field(page.role === "user" ? t("Phone or login name") : t("Login name"),
        h("input", { name: "account", required: true, autocomplete: "username", autocapitalize: "none" })),
      field(t("Password"),
        h("input", { name: "password", type: "password", required: true, autocomplete: "current-password" })),
    ],
    submit: t("Log in"),
    send: ({ account, password }) => Jiayi.login(page.role, account.trim(), password),
    done: (jiayi) => enter(jiayi, page),
  });
  fill(document.body,
    h("header", { class: "bar" }, brand(), switches()),
    h("main", { class: "greet" }, h("h1", {}, page.title), login, page.role === "user" && signUp(page)));
}

function signUp(page) {
  const register = form({
    plain: true,
    fields: [
      field(t("Name"), h("input", { name: "name", required: true, autocomplete: "name" })),
      field(t("Phone"), h("input", { name: "phone", type: "tel", required: true, autocomplete: "tel" })),
      field(t("Password"), h("input", { name: "password", type: "password", required: true, minlength: 8, autocomplete: "new-password" }), t("8 characters at least")),
    ],
    submit: t("Make an account"),
    send: (fields) => Jiayi.register(fields),
    done: (jiayi) => enter(jiayi, page),
  });
  return h("details", { class: "card" }, h("summary", {}, t("I have no account yet")), register);
}

async function enter(jiayi, page) {
  const views = await page.views(jiayi);
  const main = h("main", { id: "main", tabindex: -1 });
  const banner = h("div", { class: "banner", role: "status", hidden: true });
  const links = new Map(views.map((view) => [view.id, link(view)]));
  const leave = h("button", { class: "quiet", type: "button", title: t("Log out"), onclick: () => attempt(() => jiayi.logout()) },
    icon("leave"), h("span", { class: "wide" }, t("Log out")));
  fill(document.body,
    h("a", { class: "skip", href: "#main", onclick: (event) => { event.preventDefault(); main.focus(); } }, t("Skip to the content")),
    h("div", { class: "frame" },
      h("header", { class: "bar" }, brand(),
        h("div", { class: "who" }, h("span", { class: "name" }, jiayi.me.name),
          jiayi.me.title && h("small", {}, jiayi.me.title), switches(), leave)),
      h("nav", { "aria-label": t("Parts of this page") }, [...links.values()]),
      banner, main));

  const badges = () => {
    const counts = views.map((view) => view.badge?.() ?? 0);
    views.forEach((view, index) => {
      const badge = links.get(view.id).querySelector(".badge");
      badge.hidden = !counts[index];
      fill(badge, counts[index] > 99 ? "99+" : String(counts[index]), h("span", { class: "hidden" }, ` ${t("unread")}`));
    });
    const all = counts.reduce((sum, count) => sum + count, 0);
    document.title = `${all ? `(${all}) ` : ""}${page.title} · 家医 jiayi`;
  };
  views.forEach((view) => view.book?.addEventListener("change", badges));
  badges();
  jiayi.addEventListener("status", ({ detail }) => tell(jiayi, banner, detail));
  route(views, links, main);
  jiayi.connect();
}

function link(view) {
  return h("a", { href: `#/${view.id}` }, icon(view.icon), h("span", {}, view.label), h("span", { class: "badge", hidden: true }));
}

/** Shows the view that the address names, now and whenever it changes. */
function route(views, links, main) {
  let shown = null;
  const turn = () => {
    const [id, ...rest] = decodeURIComponent(location.hash.slice(2)).split("/");
    const view = views.find((view) => view.id === id) ?? views[0];
    links.forEach((element, id) => (id === view.id ? element.setAttribute("aria-current", "page") : element.removeAttribute("aria-current")));
    if (shown?.view === view && view.turn) return view.turn(rest);
    shown?.leave?.();
    // A place of its own: what a view that was left still brings in does not appear in the next.
    const place = h("div", { class: "view" });
    fill(main, place);
    main.className = `view-${view.id}`;
    shown = { view, leave: view.show(place, rest) };
  };
  addEventListener("hashchange", turn);
  turn();
}

/** Tells how the connection stands, where that is worth a word. */
function tell(jiayi, banner, status) {
  if (status === "signedout") return void location.reload();
  const worth = { waiting: t("The connection is lost. Trying again…"), connecting: t("Connecting…") };
  const late = status === "connecting" && banner.dataset.status !== "waiting";
  banner.dataset.status = status;
  banner.hidden = true;
  if (status === "replaced") {
    fill(banner, h("span", {}, t("This account was opened on another device. This page has stopped.")),
      h("button", { type: "button", class: "primary", onclick: () => jiayi.takeOver() }, t("Go on here")));
    banner.hidden = false;
  } else if (worth[status]) {
    // What passes within a moment is not worth a word.
    setTimeout(() => {
      if (banner.dataset.status !== status) return;
      fill(banner, worth[status]);
      banner.hidden = false;
    }, late ? 1500 : 0);
  }
}
