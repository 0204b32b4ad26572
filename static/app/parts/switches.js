// The buttons for the language and the colours of the pages.

import { chooseLanguage, language, t } from "../state/language.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";

const SCHEMES = ["", "light", "dark"];
const KEY = "jiayi:scheme";

/** Applies what was chosen before. */
export function applySettings() {
  document.documentElement.lang = language;
  document.documentElement.dataset.scheme = localStorage.getItem(KEY) ?? "";
}

export function switches() {
  return h("div", { class: "switches" }, languageSwitch(), schemeSwitch());
}

function languageSwitch() {
  const [lang, name] = language === "en" ? ["zh-CN", "中文"] : ["en", "English"];
  return h("button", { class: "quiet", type: "button", lang, onclick: () => chooseLanguage(lang) }, name);
}

function schemeSwitch() {
  const { dataset } = document.documentElement;
  const button = h("button", {
    class: "quiet",
    type: "button",
    onclick: () => {
      dataset.scheme = SCHEMES[(SCHEMES.indexOf(dataset.scheme) + 1) % SCHEMES.length];
      localStorage.setItem(KEY, dataset.scheme);
      draw();
    },
  });
  const draw = () => {
    const names = { "": t("Colours: as the system"), light: t("Colours: light"), dark: t("Colours: dark") };
    button.title = names[dataset.scheme];
    button.setAttribute("aria-label", button.title);
    fill(button, icon("theme"));
  };
  draw();
  return button;
}
