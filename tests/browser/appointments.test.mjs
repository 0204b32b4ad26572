// Appointments: a resident asks, the doctor answers, the resident reads it in the chat.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, enter, server, shareServer } from "./stage.mjs";

shareServer();

test("a resident asks for an appointment and reads the answer in the chat", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await resident.getByRole("link", { name: "Appointments" }).click();
  await resident.getByLabel("What for").fill("Blood pressure");
  await resident.getByRole("button", { name: "Ask", exact: true }).click();
  await resident.getByText("waiting for the doctor").waitFor();
  await doctor.getByRole("link", { name: /Appointments 1/ }).click();
  await doctor.getByRole("button", { name: "Agree" }).click();
  await doctor.getByLabel(/A word to the resident/).fill("Come sober");
  await doctor.locator("dialog button.primary").click();
  await resident.locator(".tagged.on", { hasText: "agreed" }).waitFor();
  await resident.getByText("It is agreed: if you cannot come, write to the doctor.").waitFor();
  assert.equal(
    await resident.getByRole("button", { name: "Call off" }).count(),
    0,
    "what cannot be done is not offered",
  );
  await resident.getByRole("link", { name: "Write to 王医生" }).click();
  await resident.locator(".head h2", { hasText: "王医生" }).waitFor();
  await resident.getByRole("link", { name: "Appointments" }).click();
  await resident.getByLabel("What for").fill("Advice");
  await resident.getByRole("button", { name: "Ask", exact: true }).click();
  await resident.getByRole("button", { name: "Call off" }).click();
  await resident.locator("dialog button.danger").click();
  await resident.locator(".tagged", { hasText: "called off" }).waitFor();
  await resident.getByRole("link", { name: /Messages/ }).click();
  await resident.locator(".line", { hasText: "Come sober" }).waitFor();
  for (const page of [resident, doctor]) assert.deepEqual(page.problems, []);
});
