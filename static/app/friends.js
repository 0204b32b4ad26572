// Friends among doctors: who has asked, who is one, whom to ask.

import { ask, attempt, empty, fill, h, note } from "./dom.js";
import { t } from "./words.js";

/** @param {import("./chat.js").Context} context */
export function friends({ jiayi, book }) {
  let main = null, waiting = 0;
  const emitter = new EventTarget();
  const list = (state) => jiayi.all("doctorfriend/list", { state });
  const draw = () => attempt(async () => {
    const [received, now, sent, teams] = await Promise.all([list("received"), list("friends"), list("sent"), jiayi.all("team/list")]);
    waiting = received.length;
    emitter.dispatchEvent(new CustomEvent("change"));
    if (!main) return;
    const known = new Set([jiayi.me.uid, ...[...received, ...now, ...sent].map(({ uid }) => uid)]);
    const others = new Map(teams.flatMap(({ doctors }) => doctors).filter(({ uid }) => !known.has(uid)).map((doctor) => [doctor.uid, doctor]));
    fill(main, h("h1", {}, t("Friends")),
      received.length > 0 && part(t("They ask to be friends"), received, (doctor) => [
        button(t("Accept"), t("Accept {0}", doctor.name), "accept", { uid: doctor.uid }, "primary"),
        button(t("Refuse"), t("Refuse {0}", doctor.name), "remove", { friendid: doctor.uid })]),
      part(t("Your friends"), now, (doctor) => [
        h("a", { class: "button", href: `#/messages/${doctor.roomid}`, "aria-label": t("Write to {0}", doctor.name) }, t("Write")),
        h("button", { type: "button", "aria-label": t("Part from {0}", doctor.name), onclick: () => leave(doctor) }, t("Part"))]),
      sent.length > 0 && part(t("You have asked"), sent, (doctor) => [button(t("Take back"), t("Take back: {0}", doctor.name), "remove", { friendid: doctor.uid })]),
      part(t("Doctors of your community"), [...others.values()], (doctor) => [
        button(t("Add"), t("Add {0} as a friend", doctor.name), "add", { friendid: doctor.uid })]));
  });
  const part = (title, doctors, actions) => h("section", { class: "card" }, h("h2", {}, title),
    doctors.length ? h("ul", { class: "rows" }, doctors.map((doctor) => h("li", {},
      h("span", { class: "grow" }, h("strong", {}, doctor.name), " ", h("small", {}, doctor.title ?? ""), doctor.online && h("span", { class: "tagged on" }, t("online"))),
      h("span", { class: "actions" }, actions(doctor))))) : empty(t("There is none.")));
  const button = (text, label, path, body, kind = "") =>
    h("button", { type: "button", class: kind, "aria-label": label, onclick: () => act(path, body) }, text);
  const act = async (path, body) => {
    await attempt(async () => {
      await jiayi.post(`doctorfriend/${path}`, body);
      note(t("Done."));
    });
    book.load();
    draw();
  };
  const leave = async (doctor) => {
    if (await ask({ title: t("Part from {0}?", doctor.name), confirm: t("Part"), danger: true })) act("remove", { friendid: doctor.uid });
  };
  book.addEventListener("friend", draw);
  book.addEventListener("fresh", draw);
  return {
    id: "friends", label: t("Friends"), icon: "friends", book: emitter, badge: () => waiting,
    show(element) {
      main = element;
      draw();
      return () => { main = null; };
    },
  };
}
