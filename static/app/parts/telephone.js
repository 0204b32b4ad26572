// The button of a room that calls the other, and the phone that rings. What a call needs is loaded with the first.

import { t } from "../state/language.js";
import { attempt } from "./feedback.js";
import { iconButton } from "./icons.js";
import { loadModule } from "./lazy.js";
import { roleOf } from "./people.js";
import { here } from "./route.js";

/**
 * Lets somebody call and be called.
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @returns {(room: import("../state/context.js").Room) => Node|false} the button of a room, if one can call there
 */
export function telephone(jiayi) {
  let loading = null;
  let calls = null;

  const load = async () => {
    loading ??= loadModule(() => import("../views/call.js"));
    const view = await loading.finally(() => (loading = null));
    calls ??= view.startCalls(jiayi);
    return { calls, show: view.showCall };
  };

  jiayi.addEventListener("push", ({ detail }) => {
    // Once it is loaded, it hears pushes by itself.
    const isNews =
      detail.type === "S2C_VIDEOCALL_INVITE" || (loading && detail.type.startsWith("S2C_VIDEOCALL_"));
    if (!calls && isNews) attempt(async () => (await load()).calls.onPush(detail));
  });

  const call = ({ roomid, title, kind }) =>
    attempt(async () => {
      const isHere = here();
      const { calls, show } = await load();
      if (!isHere()) return;
      show(await calls.call({ roomid }), { name: title, role: roleOf(kind, jiayi.me) });
    });

  return (room) => {
    const canCall = ["alonechat", "doctorfriend"].includes(room.kind) && !room.contact?.closed;
    return canCall && iconButton("video", t("Video call"), () => call(room));
  };
}
