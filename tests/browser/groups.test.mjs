// Discussion groups: made by one, heard by all in it and by nobody else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, enter, openChat, server, shareServer, texts, write } from "./stage.mjs";

shareServer();

test("a doctor makes a group, both write in it, and who leaves hears no more", async () => {
  const doctor = await enter(browser, server, "doctor", "doctor1");
  const resident = await enter(browser, server, "user", "resident1");
  await doctor.getByRole("button", { name: "New group" }).click();
  await doctor.getByLabel("Name of the group").fill("Blood pressure");
  await doctor.getByRole("checkbox", { name: "张三" }).check();
  await doctor.getByRole("button", { name: "Make the group" }).click();
  await doctor.locator(".head h2", { hasText: "Blood pressure" }).waitFor();
  await openChat(resident, "Blood pressure");
  await write(doctor, "welcome");
  await resident.locator(".bubble", { hasText: "welcome" }).waitFor();
  await resident.locator(".author", { hasText: "王医生" }).waitFor();
  await write(resident, "thank you");
  await doctor.locator(".bubble", { hasText: "thank you" }).waitFor();
  assert.deepEqual(await texts(resident), await texts(doctor));

  await resident.getByRole("button", { name: "Members" }).click();
  await resident.locator("dialog").getByText("owner").waitFor();
  assert.equal(await resident.getByRole("button", { name: "Remove 王医生" }).count(), 0);
  await resident.keyboard.press("Escape");
  await resident.getByRole("button", { name: "Leave" }).click();
  await resident.locator("dialog button.danger").click();
  await resident.locator(".line", { hasText: "Blood pressure" }).waitFor({ state: "detached" });
  await write(doctor, "who is here?");
  await doctor.locator(".mark.sent, .mark.delivered").last().waitFor();
  assert.equal(await resident.locator(".line", { hasText: "Blood pressure" }).count(), 0);
  for (const page of [doctor, resident]) assert.deepEqual(page.problems, []);
});

test("who made a group takes people in and removes them", async () => {
  const doctor = await enter(browser, server, "doctor", "doctor1");
  const resident = await enter(browser, server, "user", "resident1");
  await doctor.getByRole("button", { name: "New group" }).click();
  await doctor.getByLabel("Name of the group").fill("Diet");
  await doctor.getByRole("checkbox", { name: "赵医生" }).check();
  await doctor.getByRole("button", { name: "Make the group" }).click();
  await doctor.getByRole("button", { name: "Members" }).click();
  await doctor.getByRole("checkbox", { name: "张三" }).check();
  await doctor.getByRole("button", { name: "Add" }).click();
  await openChat(resident, "Diet");
  await doctor.getByRole("button", { name: "Members" }).click();
  await doctor.getByRole("button", { name: "Remove 张三" }).click();
  await doctor.locator("dialog button.danger").click();
  await resident.locator(".line", { hasText: "Diet" }).waitFor({ state: "detached" });
  for (const page of [doctor, resident]) assert.deepEqual(page.problems, []);
});
