// Answering what one person has asked at the duty desk: words, files, and what of it is quoted. The dialog stays until
// the answer is sent, so that nothing of it is lost; all of it arrives, or nothing.

import { randomId } from "../../client/jiayi.js";
import { t } from "../state/language.js";
import { filePicker, nameOf, takeDrops, takePastes } from "./attachments.js";
import { before } from "./before.js";
import { content } from "./body.js";
import { askUntilDone } from "./dialog.js";
import { h } from "./dom.js";
import { field } from "./form.js";
import { iconButton } from "./icons.js";
import { named } from "./people.js";
import { repliesButton } from "./phrases.js";
import { quotation, quotedLine } from "./quote.js";
import { tray } from "./tray.js";

const QUOTABLE = 20; // messages before the one that is answered, as the server has it

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {object[]} asked what somebody has asked, the oldest first; who answers the last one settles those before it
 * @param {object[]} earlier what was written before, the oldest first
 * @returns {Promise<boolean>} whether it was sent
 */
export function askAnswer(jiayi, asked, earlier) {
  const [{ doctor, from }] = asked;
  const label = doctor
    ? t("Your answer in the place of {0}; it bears your name", named(doctor))
    : t("Your answer");
  const input = h("textarea", { name: "body", rows: 4, required: true, maxlength: 10_000 });
  const files = tray({ onChange: (count) => (input.required = !count) });
  const quoted = quotation();
  const last = asked[asked.length - 1];
  /** What quotes a message, if the server takes that. */
  const quoteOf = (message) =>
    message.roomseq >= last.roomseq - QUOTABLE &&
    (() => {
      quoted.set(message);
      input.focus();
    });
  const picker = filePicker(files.add);
  const attach = iconButton("attach", t("Attach files"), () => picker.click());
  const tools = h("p", { class: "attach" }, picker, attach, repliesButton(jiayi, input));
  const words = asked.map((one) => question(one, [...earlier, ...asked], quoteOf(one)));
  takePastes(input, files.add);
  for (const element of [files.element, input]) takeDrops(element, files.add);
  const send = sender(jiayi, last.dialogid, files, quoted);
  return askUntilDone({
    title: t("Answer {0}", named(from)),
    submit: t("Send"),
    fields: [before(earlier, quoteOf), words, quoted.element, field(label, input), tools, files.element],
    send: ({ body }, isOpen) => send(body.trim(), isOpen),
  });
}

/** What was asked, with what it quotes itself, and a button that quotes it. */
function question(message, known, quote) {
  const original = known.find(({ roomseq }) => roomseq === message.quote) ?? null;
  const cited = message.quote && quotedLine(original);
  const props = { class: "quiet hint" };
  return h(
    "blockquote",
    { class: `body ${message.kind}` },
    cited,
    content(message),
    " ",
    quote && iconButton("reply", t("Quote it"), quote, props),
  );
}

/** Returns a function that sends the answer, of which the first part settles the question; not once it is given up. */
function sender(jiayi, dialogid, files, quoted) {
  const clientid = randomId(); // however often it is tried
  /** What was uploaded in a try before is not uploaded again. @type {Map<File, object>} */
  const uploaded = new Map();
  const upload = async (file, caption) => {
    const known = uploaded.get(file) ?? (await jiayi.upload(file, nameOf(file)));
    uploaded.set(file, known);
    const { fileid, kind, size } = known;
    return { kind, body: { fileid, name: nameOf(file), size, ...(caption && { caption }) } };
  };
  const makeParts = async (text) => {
    const parts = text ? [{ kind: "text", body: text }] : [];
    for (const { ready, caption } of files.list()) {
      const file = await ready();
      if (!file) return null;
      parts.push(await upload(file, caption));
    }
    return parts;
  };
  return async (text, isOpen) => {
    files.element.inert = true; // what was chosen is what is sent
    try {
      const parts = await makeParts(text);
      if (!parts) return false; // what was refused is told
      const [message, ...attachments] = parts;
      if (!isOpen()) return false;
      const quote = quoted.get()?.roomseq;
      await jiayi.send("/admin/duty/sendmsg", { dialogid, clientid, ...message, quote, attachments });
      return true;
    } finally {
      files.element.inert = false;
    }
  };
}
