// The page of administrators.

import { announcements } from "./announcements.js";
import { duty } from "./duty.js";
import { open } from "./shell.js";
import { overview } from "./overview.js";
import { people } from "./accounts.js";
import { places } from "./places.js";
import { t } from "./words.js";

open({
  role: "admin",
  title: t("Back office"),
  views(jiayi) {
    const communities = () => jiayi.all("community/list");
    return [
      overview(jiayi),
      people(jiayi, communities),
      places(jiayi, communities),
      announcements(jiayi, communities),
      duty({ jiayi }),
    ];
  },
});
