// The page of administrators.

import { lazy } from "./parts/lazy.js";
import { openPage } from "./shell.js";
import { t } from "./state/language.js";
import { dutyQuestions } from "./state/lists.js";
import { duty } from "./views/duty.js";
import { overview } from "./views/overview.js";
import { people } from "./views/people.js";
import { places } from "./views/places.js";

openPage({
  role: "admin",
  title: t("Back office"),
  views(jiayi) {
    const communities = () => jiayi.all("community/list");
    const questions = dutyQuestions(jiayi);
    return [
      { id: "overview", label: t("Overview"), icon: "chart", ...overview(jiayi) },
      { id: "people", label: t("People"), icon: "person", ...people(jiayi, communities) },
      { id: "teams", label: t("Teams"), icon: "group", ...places(jiayi, communities) },
      lazy({ id: "announcements", label: t("Announcements"), icon: "bell" }, async () =>
        (await import("./views/announcements.js")).announcements(jiayi, communities),
      ),
      { id: "duty", label: t("Duty desk"), icon: "desk", store: questions, ...duty(jiayi, questions) },
    ];
  },
});
