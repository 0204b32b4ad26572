// Residents and doctors sign and chat, through breaks, from several tabs and devices.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse, enter, logIn, openChat, Server, texts, write } from "./stage.mjs";

let browser, server;
before(async () => { browser = await browse(); });
after(() => browser.close());
test.beforeEach(async () => { server = await Server.start(); });
test.afterEach(async () => {
  for (const context of browser.contexts()) {
    for (const page of context.pages()) assert.deepEqual(page.problems ?? [], []);
    await context.close();
  }
  await server.close();
});

test("a resident signs, the doctor accepts, both chat and see what was read", async () => {
  const resident = await enter(browser, server, "user", "resident2");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await resident.getByRole("link", { name: "Contract" }).click();
  await resident.getByRole("button", { name: "Apply to 王医生" }).click();
  await resident.locator("dialog button.primary").click();
  await resident.getByText("waiting for the team").waitFor();

  await doctor.getByRole("link", { name: /Contracts 1/ }).click();
  await doctor.getByRole("button", { name: "Accept 李四" }).click();
  await resident.getByText("in force").waitFor();

  await openChat(resident, "王医生");
  await openChat(doctor, "李四");
  await write(resident, "<img src=x onerror=alert(1)> 我头疼");
  await doctor.getByText("<img src=x onerror=alert(1)> 我头疼").last().waitFor();
  await write(doctor, "请多休息");
  await resident.locator(".bubble", { hasText: "请多休息" }).waitFor();
  await resident.locator(".mark.read").waitFor();
  await doctor.locator(".mark.read").waitFor();
});

test("both pages recover from a killed server with nothing lost or doubled", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await openChat(resident, "王医生");
  await openChat(doctor, "张三");
  await write(resident, "one");
  await doctor.locator(".bubble", { hasText: "one" }).waitFor();

  await server.kill();
  await resident.locator(".banner").waitFor();
  await write(resident, "two");
  await write(doctor, "three");
  await write(resident, "four");
  await resident.locator(".mark.sending").first().waitFor();
  await server.run();

  for (const page of [resident, doctor]) {
    await page.locator(".bubble").nth(3).waitFor();
    await page.locator(".mark.sending").first().waitFor({ state: "detached" });
    const seen = await texts(page);
    assert.deepEqual([...seen].sort(), ["four", "one", "three", "two"]);
    assert.ok(seen.indexOf("two") < seen.indexOf("four"), "one person's messages keep their order");
  }
  assert.deepEqual(await texts(resident), await texts(doctor), "both see one order");
  await resident.reload();
  await openChat(resident, "王医生");
  await resident.locator(".bubble").nth(3).waitFor();
  assert.equal((await texts(resident)).length, 4);
});

test("what comes while the browser is away waits as unread", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await resident.goto("about:blank");
  await openChat(doctor, "张三");
  await write(doctor, "first");
  await write(doctor, "second");
  await doctor.locator(".mark.sent, .mark.delivered").nth(1).waitFor();
  await resident.goto(`${server.url}/resident`);
  await resident.locator(".line .badge", { hasText: "2" }).waitFor();
  await openChat(resident, "王医生");
  await resident.locator(".line .badge").waitFor({ state: "detached" });
  assert.deepEqual(await texts(resident), ["first", "second"]);
});

test("a second login shows the notice of another connection, and can be taken back", async () => {
  const first = await enter(browser, server, "user", "resident1");
  const second = await enter(browser, server, "user", "resident1");
  await first.getByText("opened on another device").waitFor();
  assert.equal(await second.locator(".banner:not([hidden])").count(), 0);
  await first.getByRole("button", { name: "Go on here" }).click();
  await second.getByText("opened on another device").waitFor();
  await first.locator(".banner").waitFor({ state: "hidden" });
});

test("tabs of one browser share a connection, and the next takes over", async () => {
  const one = await enter(browser, server, "user", "resident1");
  const two = await one.context().newPage();
  await two.goto(`${server.url}/resident`);
  const doctor = await enter(browser, server, "doctor", "doctor1");
  for (const page of [one, two]) await openChat(page, "王医生");
  await openChat(doctor, "张三");
  await write(doctor, "to both");
  for (const page of [one, two]) await page.locator(".bubble", { hasText: "to both" }).waitFor();
  await write(two, "from the second tab");
  for (const page of [one, doctor]) await page.locator(".bubble", { hasText: "from the second tab" }).waitFor();
  await one.close();
  await write(doctor, "to the one that is left");
  await two.locator(".bubble", { hasText: "to the one that is left" }).waitFor();
  assert.deepEqual(await texts(two), ["to both", "from the second tab", "to the one that is left"]);
  assert.equal(await two.locator(".banner:not([hidden])").count(), 0);
});

test("the token is out of the scripts' reach, and logging out ends all tabs", async () => {
  const page = await enter(browser, server, "user", "resident1");
  const seen = await page.evaluate(() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage));
  assert.doesNotMatch(seen, /jiayi_user|token/);
  const [cookie] = (await page.context().cookies()).filter(({ name }) => name === "jiayi_user");
  assert.ok(cookie.httpOnly && cookie.sameSite === "Lax" && !seen.includes(cookie.value));
  const other = await page.context().newPage();
  await other.goto(`${server.url}/resident`);
  await other.locator(".frame").waitFor();
  await page.getByRole("button", { name: "Log out" }).click();
  for (const tab of [page, other]) await tab.locator("input[name=account]").waitFor();
  await logIn(other, "resident2");
  await other.locator(".who .name", { hasText: "李四" }).waitFor();
});
