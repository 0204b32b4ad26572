// Announcements of the back office and notices of doctors: told, seen, read, reported.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, enter, server, shareServer, shoot } from "./stage.mjs";

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
  const question = admin.locator("dialog", { hasText: "Send this to 6 people?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await admin.getByRole("button", { name: "Announce" }).click();
  await question.getByRole("button", { name: "Send", exact: true }).click();
  await admin.getByText("The announcement went to 6.").waitFor();
  for (const page of [resident, doctor]) {
    const line = page.locator(".line", { hasText: "Flu season" });
    await line.locator(".badge").waitFor();
    await line.click();
    await page.locator(".notice .body", { hasText: "Vaccination on Saturday." }).waitFor();
    await page.locator(".head .state", { hasText: "Administrator" }).waitFor();
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

for (const [name, options] of [
  ["a desktop", {}],
  ["a phone, in Chinese", { locale: "zh-CN", viewport: { width: 360, height: 760 } }],
]) {
  test(`an announcement is scheduled and withdrawn on ${name}`, async () => {
    const admin = await enter(browser, server, "admin", "admin", options);
    await admin.locator("nav a[href='#/announcements']").click();
    const fill = (name, text) => admin.locator(`form.card [name=${name}]`).fill(text);
    await fill("title", "Moving house");
    await fill("content", "From May on we are next door.");
    await fill("sendtime", "2027-05-01T08:30");
    await admin.locator("form.card button.primary").click();
    const question = admin.locator("dialog");
    await question.getByText(/Schedule this for 6 people\?|定时发送给 6 人？/).waitFor();
    await shoot(admin, `schedule-confirm-${options.locale ?? "en"}`, { fullPage: true });
    await question.locator("button.primary").click();
    const waits = admin.locator("li", { hasText: "Moving house" });
    await waits.getByText(/2027.*08:30/).waitFor();
    await shoot(admin, `schedule-list-${options.locale ?? "en"}`, { fullPage: true });
    await waits.getByRole("button").click();
    await admin.locator("dialog button.danger").click();
    await waits.waitFor({ state: "detached" });
    await leave(admin);
  });
}
