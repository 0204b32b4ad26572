// Announcements of the back office and notices of doctors: told, seen, read, reported.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, enter, server, shareServer } from "./stage.mjs";

shareServer();

async function leave(...pages) {
  for (const page of pages) {
    assert.deepEqual(page.problems, []);
    await page.context().close();
  }
}

test("an announcement is seen by both, and its reach by the back office", async () => {
  const admin = await enter(browser, server, "admin", "admin");
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await admin.getByRole("link", { name: "Announcements" }).click();
  await admin.getByLabel("Title").fill("Flu season");
  await admin.getByLabel("Text").fill("Vaccination on Saturday.");
  await admin.getByRole("button", { name: "Announce" }).click();
  await admin.getByText("The announcement went to 6.").waitFor();
  for (const page of [resident, doctor]) {
    const line = page.locator(".line", { hasText: "Flu season" });
    await line.locator(".badge").waitFor();
    await line.click();
    await page.locator(".notice .body", { hasText: "Vaccination on Saturday." }).waitFor();
    await line.locator(".badge").waitFor({ state: "detached" });
  }
  await admin.waitForTimeout(500);
  await admin.locator("summary", { hasText: "Flu season" }).click();
  await admin.getByText("2 / 6").first().waitFor();
  await leave(admin, resident, doctor);
});

test("a doctor's notices reach the residents of the team, and earlier ones stay to be read", async () => {
  const doctor = await enter(browser, server, "doctor", "doctor1");
  const resident = await enter(browser, server, "user", "resident1");
  await doctor.getByRole("link", { name: "Notices" }).click();
  await doctor.getByLabel("Title").fill("Surgery hours");
  await doctor.getByLabel("Text").fill("Closed on Friday.");
  await doctor.getByRole("button", { name: "Send the notice" }).click();
  await doctor.getByText("The notice was sent to 2.").waitFor();
  await resident.locator(".line", { hasText: "Surgery hours" }).waitFor();
  await doctor.getByLabel("Title").fill("Holidays");
  await doctor.getByLabel("Text").fill("Back in March.");
  await doctor.getByRole("button", { name: "Send the notice" }).click();
  await resident.locator(".line", { hasText: "Holidays" }).click();
  const earlier = resident.locator(".earlier summary", { hasText: "Surgery hours" });
  await earlier.click();
  await resident.locator(".earlier .body", { hasText: "Closed on Friday." }).waitFor();
  await leave(doctor, resident);
});
