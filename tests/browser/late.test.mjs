// Answers that come after one has gone elsewhere: what they would have shown does not appear in another place.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { PICTURE, attach, browser, enter, openChat, server, startServers } from "./stage.mjs";

startServers();

/** Holds what is asked for at an address; the function that is returned lets it come, and waits until it has. */
async function hold(page, url) {
  let asked;
  const held = new Promise((resolve) => (asked = resolve));
  await page.route(url, asked);
  return async () => {
    const route = await held;
    const [response] = await Promise.all([page.waitForResponse(url), route.continue()]);
    await response.finished();
    // What follows it has had its turn.
    if (response.url().endsWith(".js"))
      await page.evaluate((url) => import(url).then(() => {}), response.url());
    await page.evaluate(() => fetch("/doctor/me").then((answer) => answer.text()));
  };
}

test("what a press brings too late is not shown in another conversation", async () => {
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await openChat(doctor, "张三");
  const about = await hold(doctor, "**/parts/about.js");
  await doctor.getByRole("button", { name: "About 张三" }).click();
  await openChat(doctor, "签约团队一");
  await about();
  assert.equal(await doctor.locator("aside, dialog").count(), 0);

  await openChat(doctor, "张三");
  await attach(doctor, { name: "rash.png", mimeType: "image/png", buffer: PICTURE });
  const viewer = await hold(doctor, "**/parts/viewer.js");
  await doctor.locator(".bubble .picture").click();
  await openChat(doctor, "签约团队一");
  await viewer();
  assert.equal(await doctor.locator("dialog").count(), 0);

  await openChat(doctor, "张三");
  const replies = await hold(doctor, "**/quickreply/list*");
  await doctor.getByRole("button", { name: "Quick replies" }).click();
  await openChat(doctor, "签约团队一");
  await replies();
  assert.equal(await doctor.locator("dialog").count(), 0);
});

test("a group that is made or left does not take one away from where one has gone", async () => {
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await doctor.getByRole("button", { name: "New group" }).click();
  const dialog = doctor.getByRole("dialog");
  await dialog.locator("input[name=name]").fill("会诊");
  await dialog.locator("input[type=checkbox]").first().check();
  const made = await hold(doctor, "**/discussion/create");
  await dialog.locator("button.primary").click();
  await openChat(doctor, "张三");
  await made();
  await doctor.locator(".line", { hasText: "会诊" }).waitFor();
  await doctor.locator(".head h2", { hasText: "张三" }).waitFor();

  await openChat(doctor, "会诊");
  const members = await hold(doctor, "**/discussion/members*");
  await doctor.getByRole("button", { name: "Members" }).click();
  await openChat(doctor, "张三");
  await members();
  assert.equal(await doctor.locator("dialog").count(), 0);
  await doctor.unroute("**/discussion/members*");

  await openChat(doctor, "会诊");
  await doctor.getByRole("button", { name: "Leave" }).click();
  const left = await hold(doctor, "**/doctor/removemember");
  await doctor.locator("dialog button.danger").click();
  await openChat(doctor, "张三");
  await left();
  await doctor.locator(".line", { hasText: "会诊" }).waitFor({ state: "detached" });
  await doctor.locator(".head h2", { hasText: "张三" }).waitFor();
});

test("what was searched for before does not fill the list that is shown anew", async () => {
  const [doctor, patient] = [
    await Person.login(server, "doctor", "doctor1"),
    await Person.login(server, "user", "resident1"),
  ];
  await patient.write(doctor, "penicillin");
  const page = await enter(browser, server, "doctor", "doctor1");
  const found = await hold(page, "**/dialog/search*");
  const asked = page.waitForRequest("**/dialog/search*");
  await page.getByRole("searchbox", { name: "Search people and messages" }).fill("penicillin");
  await asked;
  await page.getByRole("link", { name: "Friends" }).click();
  await page.getByRole("heading", { name: "Friends", exact: true }).waitFor();
  await page.locator("nav a").first().click();
  await page.locator(".line", { hasText: "签约团队一" }).waitFor();
  await found();
  assert.equal(await page.locator(".line", { hasText: "签约团队一" }).count(), 1);
});

test("the desk opens no answer once its doctor has gone elsewhere", async () => {
  const [doctor, patient] = [
    await Person.login(server, "doctor", "doctor2"),
    await Person.login(server, "user", "resident3"),
  ];
  await patient.write(doctor, "Shall I come?");
  const desk = await enter(browser, server, "doctor", "doctor3");
  await desk.getByRole("link", { name: /Duty desk/ }).click();
  const before = await hold(desk, "**/duty/history*");
  await desk.getByRole("button", { name: "Answer 王五" }).click();
  await desk.locator("nav a").first().click();
  await desk.locator("main.view-messages").waitFor();
  await before();
  assert.equal(await desk.locator("dialog").count(), 0);
});
