// A conversation to keep on paper or in a file, for whoever may read it: its history is read page by page, as the
// room itself reads it.

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
  const messages = await history(jiayi, roomid);
  WAYS[answer.way][1]({ title: plain(title), by: named(jiayi.me), messages });
}

/** What was written in a room, the oldest first. */
async function history(jiayi, roomid) {
  const messages = [];
  for (let before = undefined; messages.length < MOST;) {
    const { items, next } = await jiayi.get("dialog/list", { roomid, limit: PAGE, before });
    messages.push(...items);
    if (next === null) break;
    before = next;
  }
  return messages.reverse();
}

/** Who wrote a message, and when. */
function heading({ from, onbehalfof, kind, createtime }) {
  const author = kind === "system" ? t("System") : named(from);
  const place = onbehalfof && t("on duty, in the doctor's place");
  return [fullTime(createtime), author, place].filter(Boolean).join(" · ");
}

const about = ({ by, messages }) =>
  t("{0} messages, kept by {1} on {2}.", messages.length, by, fullTime(new Date()));

function text(kept) {
  const entries = kept.messages.map((message) => `${heading(message)}\n${summary(message)}\n`);
  return `\ufeff${kept.title}\n${about(kept)}\n\n${entries.join("\n")}`.replace(/\r?\n/g, "\r\n");
}

function article(kept) {
  const entry = (message) => h("li", {}, h("small", {}, heading(message)), h("p", {}, summary(message)));
  const entries = h("ol", {}, kept.messages.map(entry));
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
