// The first page: who are you?

import { fill, h } from "./parts/dom.js";
import { icon, LOGO } from "./parts/icons.js";
import { applySettings, switches } from "./parts/switches.js";
import { installWorker } from "./parts/worker.js";
import { t } from "./state/language.js";

const WAYS = [
  ["/resident", "person", t("Resident"), t("Write to your doctor, sign a contract, ask for an appointment.")],
  ["/practice", "desk", t("Doctor"), t("Answer your residents, process applications, keep the duty desk.")],
  ["/office", "chart", t("Back office"), t("People, teams, communities and announcements.")],
];

applySettings();
installWorker();
document.title = `家医 jiayi · ${t("Your family doctor, within reach")}`;
fill(
  document.body,
  h("header", { class: "bar" }, brand(), switches()),
  h(
    "main",
    { class: "entry" },
    h("h1", {}, t("Your family doctor, within reach")),
    h("p", { class: "lead" }, t("Choose who you are.")),
    h("ul", { class: "ways" }, WAYS.map(way)),
  ),
);

function way([href, name, title, text]) {
  return h(
    "li",
    {},
    h("a", { class: "card way", href }, icon(name), h("strong", {}, title), h("span", {}, text)),
  );
}

function brand() {
  return h("span", { class: "brand" }, h("img", { src: LOGO, alt: "", width: 28, height: 28 }), "家医 jiayi");
}
