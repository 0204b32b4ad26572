// The entry page: who are you?

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { apply, switches } from "./settings.js";
import { t } from "./words.js";

apply();
document.title = `家医 jiayi · ${t("Your family doctor, within reach")}`;

const ways = [
  ["/resident", "person", t("Resident"), t("Write to your doctor, sign a contract, ask for an appointment.")],
  ["/practice", "desk", t("Doctor"), t("Answer your residents, process applications, keep the duty desk.")],
  ["/office", "chart", t("Back office"), t("People, teams, communities and announcements.")],
];

fill(document.body,
  h("header", { class: "bar" }, brand(), switches()),
  h("main", { class: "entry" },
    h("h1", {}, t("Your family doctor, within reach")),
    h("p", { class: "lead" }, t("Choose who you are.")),
    h("ul", { class: "ways" }, ways.map(([href, name, title, text]) =>
      h("li", {}, h("a", { class: "card way", href }, icon(name), h("strong", {}, title), h("span", {}, text)))))));

function brand() {
  return h("span", { class: "brand" }, h("img", { src: "/static/icon.svg", alt: "", width: 28, height: 28 }), "家医 jiayi");
}
