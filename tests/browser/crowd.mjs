// A doctor with many residents, and how long the page of one can do nothing else.

import { execFileSync } from "node:child_process";
import { Person } from "./http.mjs";
import { server } from "./stage.mjs";

/** Has doctor1 asked by so many residents, and by resident1 after them. */
export async function crowded(count) {
  const [resident, doctor] = [
    await Person.login(server, "user", "resident1"),
    await Person.login(server, "doctor", "doctor1"),
  ];
  await resident.write(doctor, "我头疼");
  await server.kill("SIGTERM");
  execFileSync("python3", [new URL("crowd.py", import.meta.url).pathname, server.database, String(count)]);
  await server.run();
  return { resident, doctor };
}

/** What somebody of the crowd is logged in by. @param {number} number */
export const phoneOf = (number) => `138${String(number).padStart(8, "0")}`;

/** Keeps the longest time, in ms, in which a page could do nothing else; for `enter`, so that it sees all. */
export function keepTasks() {
  window.longest = 0;
  const note = (list) =>
    list.getEntries().forEach(({ duration }) => (window.longest = Math.max(window.longest, duration)));
  new PerformanceObserver(note).observe({ type: "longtask" });
}

/** @param {import("playwright-core").Page} page */
export const longestTask = (page) => page.evaluate(() => Math.round(window.longest));
