// A doctor's notices to residents: to everybody under contract with a team, or to chosen ones.

import { field, fill, form, h, note } from "./dom.js";
import { told } from "./reach.js";
import { t } from "./words.js";

/** @param {import("./chat.js").Context} context */
export function notices({ jiayi }) {
  const show = async (main) => {
    const teams = (await jiayi.all("team/list")).filter(({ stid }) => jiayi.me.teams.includes(stid));
    const contracts = await jiayi.all("signed/list", { status: "signed" });
    const earlier = told(jiayi, { list: "usermessage/list", report: "usermessage/report", title: t("Sent earlier") });
    earlier.draw();
    fill(main, h("h1", {}, t("Notices")), form({
      fields: [
        h("p", { class: "lead" }, t("A notice appears in the residents' message lists.")),
        field(t("To"), h("select", { name: "to" },
          teams.map(({ stid, name }) => h("option", { value: `team ${stid}` }, t("Everybody under contract with {0}", name))),
          contracts.map(({ uid, name }) => h("option", { value: `resident ${uid}` }, name)))),
        field(t("Title"), h("input", { name: "title", required: true, maxlength: 100 })),
        field(t("Text"), h("textarea", { name: "content", rows: 5, required: true, maxlength: 5000 })),
      ],
      submit: t("Send the notice"),
      send: ({ to, title, content }) => {
        const [kind, id] = to.split(" ");
        return kind === "team" ? jiayi.post("usermessage/pushall", { stid: id, title, content })
          : jiayi.post("usermessage/push", { uid: id, title, content });
      },
      done: ({ sent }, element) => {
        note(sent === undefined ? t("The notice was sent.") : t("The notice was sent to {0}.", sent));
        element.reset();
        earlier.draw();
      },
    }), earlier.element);
  };
  return { id: "notices", label: t("Notices"), icon: "bell", show(main) { show(main); } };
}
