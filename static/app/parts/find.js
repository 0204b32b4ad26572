// What a list of people is searched by: a name or the end of a phone, a team, and whether they are one's own.

import { t } from "../state/language.js";
import { h } from "./dom.js";

const DELAY = 250; // ms without a keystroke before it searches

/**
 * The digits that are the end of a phone; undefined if these words are none.
 * @param {string} words
 * @param {boolean} [isDoctor] doctors may look for the last four alone
 */
export function phoneEnd(words, isDoctor) {
  const isEnd = /^\d{2,20}$/.test(words) && (isDoctor || words.length > 2);
  return isEnd ? words.slice(isDoctor ? -4 : 0) : undefined;
}

/**
 * @param {{teams: {stid: string, name: string}[], mine?: boolean}} by `mine`: whether one's own may be asked for
 * @param {() => void} onChange
 * @returns {{element: HTMLElement, query: () => Record<string, string|undefined>}} `query` is what a list is asked with
 */
export function find({ teams, mine }, onChange) {
  let timer = 0;
  const oninput = () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, DELAY);
  };
  const label = t("Name or end of the phone");
  const words = h("input", {
    type: "search",
    "aria-label": label,
    placeholder: label,
    maxlength: 50,
    oninput,
  });
  const options = teams.map(({ stid, name }) => h("option", { value: stid }, name));
  const all = h("option", { value: "" }, t("All teams"));
  const team = h("select", { "aria-label": t("Team"), onchange: onChange }, all, options);
  const own = h("input", { type: "checkbox", onchange: onChange });
  const ownLabel = mine && h("label", { class: "tick" }, own, h("span", {}, t("Mine alone")));
  const query = () => {
    const text = words.value.trim();
    const phone = phoneEnd(text, mine);
    return {
      name: (!phone && text) || undefined,
      phone,
      stid: team.value || undefined,
      mine: own.checked ? "true" : undefined,
    };
  };
  return { element: h("div", { class: "find" }, words, teams.length > 1 && team, ownLabel), query };
}
