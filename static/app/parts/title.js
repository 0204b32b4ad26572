// The title of the page in the browser's frame, and its number on an icon: who calls, how many things wait.

import { t } from "../state/language.js";

/** @param {string} title what the page is called */
export function pageTitle(title) {
  let [count, caller] = [0, ""];
  const draw = () => {
    const news = caller ? `${t("{0} is calling you.", caller)} ` : count ? `(${count}) ` : "";
    document.title = `${news}${title} · 家医 jiayi`;
    // Where the page stands on a phone's screen. A browser that does not want to is no harm.
    // eslint-disable-next-line compat/compat -- where there is one
    navigator.setAppBadge?.(count).catch(() => {});
  };
  draw();
  return {
    /** @param {number} value how many things wait */
    setCount(value) {
      count = value;
      draw();
    },
    /** @param {string} name empty when nobody calls */
    setCaller(name) {
      caller = name;
      draw();
    },
  };
}
