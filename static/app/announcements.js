// The back office's announcements: to everybody of an audience, or to a community; and their reach.

import { field, fill, form, h, note } from "./dom.js";
import { told } from "./reach.js";
import { t } from "./words.js";

/** @param {import("../client/jiayi.js").Jiayi} jiayi */
export function announcements(jiayi, communities) {
  const show = async (main) => {
    const platform = told(jiayi, { list: "platform/list", report: "platform/report", title: t("To the platform") });
    const social = told(jiayi, { list: "socialpush/list", report: "socialpush/report", title: t("To communities") });
    const places = (await communities()).filter(({ disabled }) => !disabled);
    const audience = [["all", t("Residents and doctors")], ["user", t("Residents")], ["doctor", t("Doctors")]];
    fill(main, h("h1", {}, t("Announcements")), form({
      fields: [
        field(t("To"), h("select", { name: "place" }, h("option", { value: "" }, t("The whole platform")),
          places.map(({ communityid, name }) => h("option", { value: communityid }, name)))),
        field(t("Audience"), h("select", { name: "audience" }, audience.map(([value, name]) => h("option", { value }, name)))),
        field(t("Title"), h("input", { name: "title", required: true, maxlength: 100 })),
        field(t("Text"), h("textarea", { name: "content", rows: 5, required: true, maxlength: 5000 })),
        field(t("Link (optional, for the whole platform)"), h("input", { name: "url", type: "url" })),
      ],
      submit: t("Announce"),
      send: ({ place, url, ...words }) => (place ? jiayi.post("socialpush/create", { communityid: place, ...words })
        : jiayi.post("platform/push", { ...words, ...(url ? { url } : {}) })),
      done: ({ sent }, element) => {
        note(t("The announcement went to {0}.", sent));
        element.reset();
        platform.draw();
        social.draw();
      },
    }), platform.element, places.length > 0 && social.element);
    platform.draw();
    social.draw();
  };
  return { id: "announcements", label: t("Announcements"), icon: "bell", show(main) { show(main); } };
}
