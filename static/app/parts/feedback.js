// What a person is told about how something went: notes, and errors in words.

import { t } from "../state/language.js";
import { h } from "./dom.js";

/** Says what went wrong, for people. @param {import("../../client/jiayi.js").JiayiError} problem */
export function explain(problem) {
  const known = {
    NETWORK: t("The server cannot be reached."),
    FA_AUTH: t("Account or password is wrong."),
    FA_PERMISSION: t("You may not do this."),
    FA_NOTFOUND: t("This is not there any more."),
    FA_STATE: t("Somebody has been here already; the list was out of date."),
    FA_CONFLICT: t("This is taken already."),
    FA_BUSY: t("The line is busy."),
    FA_TOOLARGE: t("This is too large."),
    FA_LIMIT: t("Too often; wait a moment."),
    FA_OVERLOAD: t("The server is busy; try again in a moment."),
    FA_SYS: t("The server failed to do this."),
  };
  if (problem.code === "FA_PARAM") return explainField(problem);
  return known[problem.code] ?? known.FA_SYS;
}

/**
 * Which field is wrong, and what it would have to be, in the reader's language.
 * @param {{field: string, rule: string}} fault
 */
export function explainField({ field, rule }) {
  const fields = {
    account: t("Login name"),
    allergies: t("Allergies"),
    attachments: t("File"),
    begintime: t("When"),
    begins: t("When"),
    birthdate: t("Born"),
    body: t("Text"),
    caption: t("Caption"),
    community: t("Community"),
    communityid: t("Community"),
    content: t("Text"),
    ends: t("When"),
    file: t("File"),
    from: t("From"),
    hours: t("Hours for appointments"),
    illnesses: t("Long-term illnesses"),
    login: t("Login name"),
    members: t("Members"),
    name: t("Name"),
    password: t("Password"),
    phone: t("Phone"),
    quote: t("The quoted message"),
    q: t("Search"),
    row: t("This line"),
    rows: t("This line"),
    sendtime: t("Send later"),
    sex: t("Sex"),
    time: t("When"),
    title: t("Title"),
    until: t("Until"),
    url: t("Link"),
  };
  const rules = {
    missing: t("is missing."),
    empty: t("must not be empty."),
    too_long: t("is too long."),
    invisible: t("must be one line that can be seen."),
    phone: t("must be a number of 5 to 20 digits."),
    login: t("may have letters, digits and + _ - . @ only."),
    password: t("must have 8 to 128 characters."),
    address: t("must begin with http:// or https://"),
    past: t("must be in the future."),
    order: t("must be after the beginning."),
    hours: t("must be in the hours that the doctor offers."),
    unknown: t("is not there."),
    file_kind: t("is of a kind that cannot be sent."),
    pixels: t("has more than 50 million pixels."),
    taken: t("has an account already."),
    repeated: t("stands in an earlier line already."),
    cells: t("has more cells than the first line."),
    encoding: t("must be in UTF-8 or GB 18030."),
    too_many: t("has too many lines or columns."),
    period: t("is too long a period."),
    invalid: t("is not right."),
  };
  const name = fields[field?.split(/[.[]/)[0]];
  return name && rules[rule] ? t("{0} {1}", name, rules[rule]) : t("Please check your entry.");
}

/** Shows a note for some seconds. Screen readers read it out. */
export function note(text) {
  let region = document.querySelector("#notes");
  if (!region) {
    region = h("div", { id: "notes", role: "status" });
    document.body.append(region);
  }
  const element = h("p", {}, text);
  region.append(element);
  setTimeout(() => element.remove(), 6000);
}

/**
 * Does something, and shows a note if the server refuses it or cannot be reached.
 * @template T
 * @param {() => Promise<T>|T} work
 * @returns {Promise<T|undefined>} undefined after a failure
 */
export async function attempt(work) {
  try {
    return await work();
  } catch (problem) {
    if (problem.code === undefined) throw problem;
    note(explain(problem));
    return undefined;
  }
}
