// Doctors among themselves: friends and the rooms of their teams.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, enter, openChat, server, shareServer, texts, write } from "./stage.mjs";

shareServer();

test("two doctors become friends and write to each other", async () => {
  const one = await enter(browser, server, "doctor", "doctor2");
  const other = await enter(browser, server, "doctor", "doctor3");
  await one.getByRole("link", { name: "Friends" }).click();
  await one.getByRole("button", { name: "Add 赵医生 as a friend" }).click();
  await one.getByRole("button", { name: "Take back: 赵医生" }).waitFor();
  await other.getByRole("link", { name: /Friends 1/ }).click();
  await other.getByRole("button", { name: "Accept 李医生" }).click();
  await other.getByRole("link", { name: "Write to 李医生" }).click();
  await write(other, "hello, friend");
  await openChat(one, "赵医生");
  await one.locator(".bubble", { hasText: "hello, friend" }).waitFor();
  for (const page of [one, other]) assert.deepEqual(page.problems, []);
});

test("the doctors of a team share a room", async () => {
  const leader = await enter(browser, server, "doctor", "doctor1");
  const member = await enter(browser, server, "doctor", "doctor2");
  await openChat(leader, "签约团队一");
  await write(leader, "meeting at nine");
  await openChat(member, "签约团队一");
  await member.locator(".bubble", { hasText: "meeting at nine" }).waitFor();
  await write(member, "fine");
  await leader.locator(".bubble", { hasText: "fine" }).waitFor();
  assert.deepEqual(await texts(leader), await texts(member));
});

test("who calls somebody in a call finds the line busy", async () => {
  const doctor = await enter(browser, server, "doctor", "doctor1");
  const resident = await enter(browser, server, "user", "resident1");
  const friend = await enter(browser, server, "doctor", "doctor3");
  await openChat(resident, "王医生");
  await resident.getByRole("button", { name: "Video call" }).click();
  await doctor.getByRole("button", { name: "Accept the call" }).click();
  await resident.locator("dialog.call[data-state=active]").waitFor();
  await openChat(friend, "王医生");
  await friend.getByRole("button", { name: "Video call" }).click();
  await friend.getByText("The line is busy.").waitFor();
});
