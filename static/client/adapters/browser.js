// The adapter for a page that the server itself has served. Its tabs share one login.

import { web } from "./web.js";

/** @returns {import("../endpoint.js").Adapter} */
export function browser() {
  return { ...web({ storage: localStorage }), watchNetwork, sharesLogin: true };
}

/** @param {(online: boolean) => void} listener */
function watchNetwork(listener) {
  const online = () => listener(true);
  const offline = () => listener(false);
  addEventListener("online", online);
  addEventListener("offline", offline);
  return () => {
    removeEventListener("online", online);
    removeEventListener("offline", offline);
  };
}
