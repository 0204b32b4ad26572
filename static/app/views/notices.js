// A doctor's notices to residents: to everybody under contract with a team, or to one of them.

import { fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { field, form } from "../parts/form.js";
import { named } from "../parts/people.js";
import { sentNotices } from "../parts/reach.js";
import { t } from "../state/language.js";

/** @param {import("../state/context.js").Context} context */
export function notices({ jiayi }) {
  const show = (element) =>
    attempt(async () => {
      const [teams, contracts] = await Promise.all([
        jiayi.all("team/list"),
        jiayi.all("signed/list", { status: "signed" }),
      ]);
      const own = teams.filter(({ stid }) => jiayi.me.teams.includes(stid));
      const paths = { list: "usermessage/list", report: "usermessage/report" };
      const earlier = sentNotices(jiayi, { ...paths, title: t("Sent earlier") });
      fill(element, h("h1", {}, t("Notices")), writing(jiayi, own, contracts, earlier.draw), earlier.element);
      earlier.draw();
    });
  return { show: (element) => void show(element) };
}

function writing(jiayi, teams, contracts, onSent) {
  const everybody = ({ stid, name }) =>
    h("option", { value: `team ${stid}` }, t("Everybody under contract with {0}", name));
  const resident = ({ uid, name }) =>
    h("option", { value: `resident ${uid}` }, named({ name, role: "user" }));
  return form({
    fields: [
      h("p", { class: "lead" }, t("A notice appears in the residents' message lists.")),
      field(t("To"), h("select", { name: "to" }, teams.map(everybody), contracts.map(resident))),
      field(t("Title"), h("input", { name: "title", required: true, maxlength: 100 })),
      field(t("Text"), h("textarea", { name: "content", rows: 5, required: true, maxlength: 5000 })),
    ],
    submit: t("Send the notice"),
    send: ({ to, title, content }) => {
      const [kind, id] = to.split(" ");
      if (kind === "team") return jiayi.post("usermessage/pushall", { stid: id, title, content });
      return jiayi.post("usermessage/push", { uid: id, title, content });
    },
    done: ({ sent }, element) => {
      note(sent === undefined ? t("The notice was sent.") : t("The notice was sent to {0}.", sent));
      element.reset();
      onSent();
    },
  });
}
