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
    if (address.length > LONGEST || !leadsToTheWeb(address)) continue;
    parts.push(text.slice(end, match.index), link(address));
    end = match.index + address.length;
  }
  return [...parts, text.slice(end)];
}

const link = (href) => h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, href);

/** What is longer leads nowhere that anybody wrote by hand. */
const LONGEST = 2000;

/** Without the stops and the brackets of the sentence around it. @param {string} address */
function withoutEnd(address) {
  let open = count(address, "(") - count(address, ")");
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1];
    if (last === ")" && open < 0) open += 1;
    else if (!".,;:!?*]".includes(last)) break;
  }
  return address.slice(0, end);
}

const count = (text, sign) => text.split(sign).length - 1;

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
