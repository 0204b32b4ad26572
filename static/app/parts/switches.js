// The buttons for the language, the size of letters and the colours of the pages.

import { chooseLanguage, language, t } from "../state/language.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { choosePrint, chooseScheme, fitScreen, print, PRINTS, scheme, SCHEMES } from "./screen.js";

/** Applies what was chosen before. */
export function applySettings() {
  document.documentElement.lang = language;
  fitScreen();
}

export function switches() {
  const prints = { "": t("Letters: normal"), large: t("Letters: large"), larger: t("Letters: very large") };
  const schemes = { "": t("Colours: as the system"), light: t("Colours: light"), dark: t("Colours: dark") };
  return h("div", { class: "switches" }, [
    languageSwitch(),
    cycle("letters", PRINTS, prints, print, choosePrint),
    cycle("theme", SCHEMES, schemes, scheme, chooseScheme),
  ]);
}

function languageSwitch() {
  const [lang, name] = language === "en" ? ["zh-CN", "中文"] : ["en", "English"];
  return h("button", { class: "quiet", type: "button", lang, onclick: () => chooseLanguage(lang) }, name);
}

/** A button that goes from one choice to the next; its name is that of the present one. */
function cycle(iconName, choices, names, current, choose) {
  const draw = () => {
    element.title = names[current()];
    element.setAttribute("aria-label", element.title);
  };
  const onclick = () => {
    choose(choices[(choices.indexOf(current()) + 1) % choices.length]);
    draw();
  };
  const element = h("button", { class: "quiet", type: "button", onclick });
  fill(element, icon(iconName));
  draw();
  return element;
}
