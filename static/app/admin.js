// The page of administrators.

import { lazy } from "./parts/lazy.js";
import { openPage } from "./shell.js";
import "./state/chinese-office.js";
import { t } from "./state/language.js";
import { dutyQuestions } from "./state/lists.js";
import { overview } from "./views/overview.js";

openPage({
  role: "admin",
  title: t("Back office"),
  views(jiayi) {
    const communities = () => jiayi.all("community/list");
    const questions = dutyQuestions(jiayi);
    return [
      { id: "overview", label: t("Overview"), icon: "chart", ...overview(jiayi) },
      lazy({ id: "people", label: t("People"), icon: "person" }, async () =>
        (await import("./views/people.js")).people(jiayi, communities),
      ),
      lazy({ id: "teams", label: t("Teams"), icon: "group" }, async () =>
        (await import("./views/places.js")).places(jiayi, communities),
      ),
      lazy({ id: "announcements", label: t("Announcements"), icon: "bell" }, async () =>
        (await import("./views/announcements.js")).announcements(jiayi, communities),
      ),
      lazy({ id: "reports", label: t("Reports"), icon: "table" }, async () =>
        (await import("./views/reports.js")).reports(jiayi),
      ),
      lazy({ id: "roster", label: t("Roster"), icon: "calendar" }, async () =>
        (await import("./views/roster.js")).roster(jiayi),
      ),
      lazy({ id: "duty", label: t("Duty desk"), icon: "desk", store: questions }, async () =>
        (await import("./views/duty.js")).duty(jiayi, questions),
      ),
    ];
  },
});
