// Addresses in a text as links. A text is whatever others have sent: a link leads to the web and to nothing else, and
// to no other place than it shows.

import { h } from "./dom.js";

// Of signs that are on every keyboard: a Chinese text goes on behind an address without a space, and a sign that looks
// like another leads nobody astray.
const ADDRESS = /\bhttps?:\/\/[^\s"'<>`{}|\\^]+/gi;
const OTHER_SIGN = /[^!-~]/;

/** @param {string} text @returns {(string|Node)[]} the text, its addresses as links */
export function linked(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutEnd(match[0].split(OTHER_SIGN)[0]);
    if (!leadsToTheWeb(address)) continue;
    parts.push(text.slice(end, match.index), link(address));
    end = match.index + address.length;
  }
  return [...parts, text.slice(end)];
}

const link = (href) => h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, href);

/** Without the stop, or the bracket, of the sentence around it. @param {string} address */
function withoutEnd(address) {
  const trimmed = address.replace(/[.,;:!?*]+$/, "");
  const isOpen = trimmed.endsWith(")") && trimmed.split("(").length < trimmed.split(")").length;
  return isOpen || trimmed.endsWith("]") ? withoutEnd(trimmed.slice(0, -1)) : trimmed;
}

/** @param {string} address */
function leadsToTheWeb(address) {
  try {
    const { protocol, hostname, username, password } = new URL(address);
    // `https://clinic.example@elsewhere.example` leads elsewhere.
    return /^https?:$/.test(protocol) && hostname.includes(".") && !username && !password;
  } catch {
    return false;
  }
}
