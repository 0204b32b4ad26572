// A conversation to keep on paper or in a file, for whoever may read it: its history is read page by page, as the
// room itself reads it.

import "../state/chinese-late.js";
import { language, t } from "../state/language.js";
import { summary } from "./content.js";
import { save } from "./csv.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { note } from "./feedback.js";
import { named, plain } from "./people.js";
import { fullTime, localTime } from "./time.js";

const PAGE = 200;
const MOST = 5000; // messages

/** How a file looks that is opened without the pages. */
const STYLE = `
body { font: 16px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; max-width: 46rem; margin: 2rem auto }
ol { list-style: none; padding: 0 }
li { border-top: 1px solid #ccc; padding: 0.4rem 0; break-inside: avoid }
small { color: #555 }
blockquote { border-left: 3px solid #ccc; color: #555; margin: 0; padding-left: 0.5rem }
p { margin: 0; white-space: pre-wrap; overflow-wrap: break-word }
`;

/** What can be made of a conversation. */
const WAYS = {
  print: [t("Print it"), print],
  page: [t("Save it as a page"), (kept) => save(`${fileName(kept)}.html`, page(kept), "text/html")],
  text: [t("Save it as text"), (kept) => save(`${fileName(kept)}.txt`, text(kept), "text/plain")],
};

/**
 * Asks how, reads the conversation, and prints or saves it.
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {import("../state/context.js").Room} room
 */
export async function keepConversation(jiayi, { roomid, title }) {
  const choices = Object.entries(WAYS).map(([value, [label]], index) =>
    h(
      "label",
      { class: "tick" },
      h("input", { type: "radio", name: "way", value, checked: index === 0 }),
      h("span", {}, label),
    ),
  );
  const fields = [
    h("fieldset", {}, h("legend", {}, t("What to do with it")), choices),
    h("p", {}, h("small", {}, t("The newest {0} messages at most. Whoever has the file can read it.", MOST))),
  ];
  const answer = await ask({ title: t("Print or keep"), confirm: t("Go on"), fields });
  if (!answer) return;
  note(t("The conversation is being read…"));
  WAYS[answer.way][1]({ title: plain(title), by: named(jiayi.me), ...(await history(jiayi, roomid)) });
}

/** What was written in a room, the oldest first, and whether that is all of it. */
async function history(jiayi, roomid) {
  const messages = [];
  let before;
  do {
    const { items, next } = await jiayi.get("dialog/list", { roomid, limit: PAGE, before });
    messages.push(...items);
    before = next;
  } while (before !== null && messages.length < MOST);
  return { messages: messages.reverse(), isWhole: before === null };
}

/** Who wrote a message, and when. */
function heading({ from, onbehalfof, kind, createtime }) {
  const author = kind === "system" ? t("System") : named(from);
  const place = onbehalfof && t("on duty, in the doctor's place");
  return [fullTime(createtime), author, place].filter(Boolean).join(" · ");
}

/** What a message says; a file is named, where its name is known. */
function words(message) {
  const { kind, body } = message;
  return [summary(message), kind === "file" && plain(body?.name)].filter(Boolean).join(" ");
}

/** What a message quotes, in a line; empty if it quotes none. */
function quotedLine({ quote, recalled }, messages) {
  if (!quote || recalled) return "";
  const original = messages.find(({ roomseq }) => roomseq === quote);
  if (!original) return t("The original cannot be seen.");
  return `${named(original.from)}: ${words(original)}`.split(LINE_END).join(" ");
}

function about({ by, messages, isWhole }) {
  const kept = t("{0} messages, kept by {1} on {2}.", messages.length, by, fullTime(new Date()));
  return isWhole ? kept : `${kept} ${t("There are older ones, which are not in it.")}`;
}

/** All that a program may take for the end of a line. */
const LINE_END = /\r\n|[\n\v\f\r\x85\u2028\u2029]/;

/** What turns the direction of writing, by which a line could look like another. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Every line of a message is indented: none can pass for the heading of another. What it quotes is less so: no words
 * can pass for a quotation.
 */
function entry(message, messages) {
  const quoted = quotedLine(message, messages);
  const lines = words(message).split(LINE_END);
  return [heading(message), ...(quoted ? [`  > ${quoted}`] : []), ...lines.map((line) => `    ${line}`), ""];
}

function text(kept) {
  const lines = [kept.title, about(kept), "", ...kept.messages.flatMap((one) => entry(one, kept.messages))];
  return `\ufeff${lines.join("\r\n").replace(TURNING, "")}`;
}

function article(kept) {
  const item = (message) => {
    const quoted = quotedLine(message, kept.messages);
    const cited = quoted && h("blockquote", {}, quoted);
    return h("li", {}, h("small", {}, heading(message)), cited, h("p", {}, words(message)));
  };
  const entries = h("ol", {}, kept.messages.map(item));
  return h("article", { class: "transcript" }, h("h1", {}, kept.title), h("p", {}, about(kept)), entries);
}

function page(kept) {
  const head = `<meta charset="utf-8" />${h("title", {}, kept.title).outerHTML}<style>${STYLE}</style>`;
  const body = article(kept).outerHTML;
  return `<!doctype html>\n<html lang="${language}"><head>${head}</head><body>${body}</body></html>\n`;
}

/** Prints it in the place of the page. */
function print(kept) {
  const element = article(kept);
  document.body.append(element);
  document.documentElement.classList.add("printing");
  const done = () => {
    document.documentElement.classList.remove("printing");
    element.remove();
  };
  addEventListener("afterprint", done, { once: true });
  window.print();
}

/** The name of a file, without what systems do not take in one. */
function fileName({ title }) {
  return `${title.replace(/[\\/:*?"<>|]/g, "_")} ${localTime(new Date()).slice(0, 10)}`;
}
