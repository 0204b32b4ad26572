// What the person at this browser has chosen: language and colours. Chosen once, kept here.

import { icon } from "./icons.js";
import { fill, h } from "./dom.js";
import { language, t } from "./words.js";

const SCHEMES = ["", "light", "dark"];

/** Applies what was chosen before. */
export function apply() {
  document.documentElement.lang = language;
  document.documentElement.dataset.scheme = localStorage.getItem("jiayi:scheme") ?? "";
}

/** The buttons for both. */
export function switches() {
  const other = language === "en" ? ["zh-CN", "中文"] : ["en", "English"];
  const speak = h("button", { class: "quiet", type: "button", lang: other[0], onclick: () => choose(other[0]) }, other[1]);
  const colours = h("button", { class: "quiet", type: "button" });
  const say = () => {
    const names = { "": t("Colours: as the system"), light: t("Colours: light"), dark: t("Colours: dark") };
    const name = names[document.documentElement.dataset.scheme];
    colours.setAttribute("aria-label", name);
    colours.title = name;
    fill(colours, icon("theme"));
  };
  colours.addEventListener("click", () => {
    const now = SCHEMES.indexOf(document.documentElement.dataset.scheme);
    const scheme = SCHEMES[(now + 1) % SCHEMES.length];
    document.documentElement.dataset.scheme = scheme;
    localStorage.setItem("jiayi:scheme", scheme);
    say();
  });
  say();
  return h("div", { class: "switches" }, speak, colours);
}

function choose(tongue) {
  localStorage.setItem("jiayi:language", tongue);
  location.reload();
}
