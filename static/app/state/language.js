// The language of the pages: the one that was chosen, else the one that the browser prefers.

import { CHINESE } from "./chinese.js";

const KEY = "jiayi:language";

export const language = localStorage.getItem(KEY) ?? preferred();

function preferred() {
  const wantsChinese = navigator.languages.some((language) => language.startsWith("zh"));
  return wantsChinese || !navigator.language.startsWith("en") ? "zh-CN" : "en";
}

/** Keeps another language, and shows the page in it. */
export function chooseLanguage(language) {
  localStorage.setItem(KEY, language);
  location.reload();
}

/** A text in the language of the page; `{0}`, `{1}` … stand for the arguments. */
export function t(text, ...args) {
  const translated = language === "en" ? text : (CHINESE[text] ?? text);
  return translated.replace(/\{(\d)\}/g, (_, index) => String(args[index]));
}
