// Announcements of the back office, to everybody or to a community, at once or at a time: who is reached is confirmed
// before; what waits may be taken back; how far the others have come.

import { ask } from "../parts/dialog.js";
import { fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { field, form } from "../parts/form.js";
import { sentNotices } from "../parts/reach.js";
import { here } from "../parts/route.js";
import { scheduled } from "../parts/scheduled.js";
import { fullTime, localTime } from "../parts/time.js";
import { t } from "../state/language.js";

/** The audiences, as people read them. */
const AUDIENCES = { all: t("Residents and doctors"), user: t("Residents"), doctor: t("Doctors") };

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {() => Promise<object[]>} communities
 */
export function announcements(jiayi, communities) {
  const show = (element) =>
    attempt(async () => {
      const everywhere = await communities();
      const places = everywhere.filter(({ disabled }) => !disabled);
      const toPlatform = { list: "platform/list", report: "platform/report", title: t("To the platform") };
      const toCommunities = {
        list: "socialpush/list",
        report: "socialpush/report",
        title: t("To communities"),
      };
      const lists = [
        scheduled(jiayi, ({ audience, communityid }) => audienceName(everywhere, audience, communityid)),
        ...[toPlatform, toCommunities].map((of) => sentNotices(jiayi, of)),
      ];
      const redraw = () => lists.forEach(({ draw }) => draw());
      const [waiting, platform, social] = lists.map(({ element }) => element);
      const content = [writing(jiayi, places, redraw), waiting, platform, places.length > 0 && social];
      fill(element, h("h1", {}, t("Announcements")), content);
      redraw();
    });
  return { show: (element) => void show(element) };
}

function audienceName(places, audience, communityid) {
  const place = places.find((place) => place.communityid === communityid)?.name ?? t("The whole platform");
  return t("{0}: {1}", place, AUDIENCES[audience]);
}

function writing(jiayi, places, onSent) {
  // The same until it has gone, so that pressing again after a failure tells nobody twice.
  let clientid = newNumber();
  const later = h("input", { name: "sendtime", type: "datetime-local", min: localTime(new Date()) });
  return form({
    fields: [
      field(t("To"), placeChoice(places)),
      field(t("Audience"), audienceChoice()),
      field(t("Title"), h("input", { name: "title", required: true, maxlength: 100 })),
      field(t("Text"), h("textarea", { name: "content", rows: 5, required: true, maxlength: 5000 })),
      field(t("Link (optional, for the whole platform)"), h("input", { name: "url", type: "url" })),
      field(t("Send later"), later, t("left empty, it goes at once")),
    ],
    submit: t("Announce"),
    send: async ({ place, url, sendtime, ...fields }) => {
      const time = sendtime ? new Date(sendtime) : null;
      const to = { audience: fields.audience, communityid: place || undefined };
      if (!(await confirm(jiayi, to, audienceName(places, fields.audience, place), time))) return null;
      const link = !place && url ? { url } : {};
      const words = { ...fields, clientid };
      if (time) return jiayi.post("announcement/schedule", { ...words, ...link, ...to, sendtime: time });
      if (place) return jiayi.post("socialpush/create", { communityid: place, ...words });
      return jiayi.post("platform/push", { ...words, ...link });
    },
    done: (answer, element) => {
      if (!answer) return;
      clientid = newNumber();
      note(
        answer.scheduleid
          ? t("The announcement waits for its time.")
          : t("The announcement went to {0}.", answer.sent),
      );
      element.reset();
      onSent();
    },
  });
}

const newNumber = () => `office-${Date.now()}-${Math.random().toString(36).slice(2, 10)}`;

/** Asks whether so many are to be told. */
async function confirm(jiayi, to, name, time) {
  const isHere = here();
  const { people } = await jiayi.get("announcement/audience", to);
  if (!isHere()) return null;
  const when = time
    ? t("It goes on {0}; until then it may be taken back.", fullTime(time))
    : t("It goes at once and cannot be taken back.");
  const title = time ? t("Schedule this for {0} people?", people) : t("Send this to {0} people?", people);
  return ask({
    title,
    fields: [h("p", {}, name), h("p", {}, when)],
    confirm: time ? t("Schedule") : t("Send"),
  });
}

function placeChoice(places) {
  const options = places.map(({ communityid, name }) => h("option", { value: communityid }, name));
  return h("select", { name: "place" }, h("option", { value: "" }, t("The whole platform")), options);
}

function audienceChoice() {
  const options = Object.entries(AUDIENCES).map(([value, name]) => h("option", { value }, name));
  return h("select", { name: "audience" }, options);
}
