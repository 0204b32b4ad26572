// Announcements of the back office, to everybody or to a community, and how far they have come.

import { fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { field, form } from "../parts/form.js";
import { sentNotices } from "../parts/reach.js";
import { t } from "../state/language.js";

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {() => Promise<object[]>} communities
 */
export function announcements(jiayi, communities) {
  const show = (element) =>
    attempt(async () => {
      const places = (await communities()).filter(({ disabled }) => !disabled);
      const toPlatform = { list: "platform/list", report: "platform/report", title: t("To the platform") };
      const toCommunities = {
        list: "socialpush/list",
        report: "socialpush/report",
        title: t("To communities"),
      };
      const sent = [toPlatform, toCommunities].map((of) => sentNotices(jiayi, of));
      const redraw = () => sent.forEach(({ draw }) => draw());
      const [platform, social] = sent.map(({ element }) => element);
      const content = [writing(jiayi, places, redraw), platform, places.length > 0 && social];
      fill(element, h("h1", {}, t("Announcements")), content);
      redraw();
    });
  return { show: (element) => void show(element) };
}

function writing(jiayi, places, onSent) {
  return form({
    fields: [
      field(t("To"), placeChoice(places)),
      field(t("Audience"), audienceChoice()),
      field(t("Title"), h("input", { name: "title", required: true, maxlength: 100 })),
      field(t("Text"), h("textarea", { name: "content", rows: 5, required: true, maxlength: 5000 })),
      field(t("Link (optional, for the whole platform)"), h("input", { name: "url", type: "url" })),
    ],
    submit: t("Announce"),
    send: ({ place, url, ...fields }) => {
      if (place) return jiayi.post("socialpush/create", { communityid: place, ...fields });
      return jiayi.post("platform/push", { ...fields, ...(url ? { url } : {}) });
    },
    done: ({ sent }, element) => {
      note(t("The announcement went to {0}.", sent));
      element.reset();
      onSent();
    },
  });
}

function placeChoice(places) {
  const options = places.map(({ communityid, name }) => h("option", { value: communityid }, name));
  return h("select", { name: "place" }, h("option", { value: "" }, t("The whole platform")), options);
}

function audienceChoice() {
  const audiences = { all: t("Residents and doctors"), user: t("Residents"), doctor: t("Doctors") };
  const options = Object.entries(audiences).map(([value, name]) => h("option", { value }, name));
  return h("select", { name: "audience" }, options);
}
