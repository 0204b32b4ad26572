// Beginning a conversation with a resident of one's teams: it is there with the first message, so that this is asked
// for before it can be opened.

import { randomId } from "../../client/jiayi.js";
import { t } from "../state/language.js";
import { askUntilDone } from "./dialog.js";
import { h } from "./dom.js";
import { field } from "./form.js";
import { plain } from "./people.js";

/**
 * Asks for the first words, sends them, and opens the conversation.
 * @param {import("../state/context.js").Context} context
 * @param {{uid: string, name: string}} resident
 */
export async function writeFirst({ jiayi, inbox }, { uid, name }) {
  const clientid = randomId();
  let roomid = "";
  const send = async ({ body }) => {
    ({ roomid } = await jiayi.post("alonechat/send", { touid: uid, body, clientid }));
  };
  const words = h("textarea", { name: "body", required: true, rows: 4, maxlength: 4000 });
  const fields = [field(t("Text"), words)];
  const isSent = await askUntilDone({
    title: t("Write to {0}", plain(name)),
    fields,
    submit: t("Send"),
    send,
  });
  if (!isSent) return;
  await inbox.refresh();
  location.hash = `#/messages/${roomid}`;
}
