// Friends among doctors: who has asked, who is a friend, whom to ask.

import "../state/chinese-late.js";
import { ask } from "../parts/dialog.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { named, personText, plain, writeLink } from "../parts/people.js";
import { rowsOf } from "../parts/rows.js";
import { t } from "../state/language.js";

/**
 * @param {import("../state/context.js").Context} context
 * @param {import("../state/list-store.js").ListStore} requests
 */
export function friends({ jiayi, inbox }, requests) {
  const draw = (element) =>
    attempt(async () => {
      const received = requests.items;
      const list = (state) => jiayi.all("doctorfriend/list", { state });
      const [now, sent, teams] = await Promise.all([list("friends"), list("sent"), jiayi.all("team/list")]);
      const known = new Set([jiayi.me, ...received, ...now, ...sent].map(({ uid }) => uid));
      const doctors = teams.flatMap(({ doctors }) => doctors).filter(({ uid }) => !known.has(uid));
      const others = [...new Map(doctors.map((doctor) => [doctor.uid, doctor])).values()];
      fill(
        element,
        h("h1", {}, t("Friends")),
        received.length > 0 &&
          part(t("They ask to be friends"), received, (doctor) => [accept(doctor), refuse(doctor)]),
        part(t("Your friends"), now, (doctor) => [writeLink(doctor), unfriend(doctor)]),
        sent.length > 0 && part(t("You have asked"), sent, (doctor) => [takeBack(doctor)]),
        part(t("Doctors of your community"), others, (doctor) => [add(doctor)]),
      );
    });

  const action = (text, label, onclick, props = {}) =>
    button(text, onclick, { "aria-label": label, ...props });
  const accept = ({ uid, name }) =>
    action(t("Accept"), t("Accept {0}", plain(name)), () => act("accept", { uid }), { class: "primary" });
  const refuse = ({ uid, name }) =>
    action(t("Refuse"), t("Refuse {0}", plain(name)), () => act("remove", { friendid: uid }));
  const takeBack = ({ uid, name }) =>
    action(t("Take back"), t("Take back: {0}", plain(name)), () => act("remove", { friendid: uid }));
  const add = ({ uid, name }) =>
    action(t("Add"), t("Add {0} as a friend", plain(name)), () => act("add", { friendid: uid }));
  const unfriend = (doctor) => action(t("Part"), t("Part from {0}", plain(doctor.name)), () => leave(doctor));

  const act = async (path, body) => {
    await attempt(async () => {
      await jiayi.post(`doctorfriend/${path}`, body);
      note(t("Done."));
    });
    inbox.refresh();
    requests.refresh();
  };

  const leave = async ({ uid, name }) => {
    const title = t("Part from {0}?", named({ name, role: "doctor" }));
    const yes = await ask({ title, confirm: t("Part"), danger: true });
    if (yes) act("remove", { friendid: uid });
  };

  return {
    show(element) {
      requests.refresh();
      return requests.watch(() => draw(element));
    },
  };
}

function part(title, doctors, actions) {
  const rows = rowsOf(doctors, (doctor) => {
    const online = doctor.online && h("span", { class: "tagged on" }, t("online"));
    const who = personText({ ...doctor, role: "doctor" }, online);
    return h("li", {}, who, h("span", { class: "actions" }, actions(doctor)));
  });
  const content = rows.length ? h("ul", { class: "rows" }, rows) : empty(t("There is none."));
  return h("section", { class: "card" }, h("h2", {}, title), content);
}
