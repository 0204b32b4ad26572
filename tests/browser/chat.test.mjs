// Residents and doctors sign and chat, through breaks, from several tabs and devices.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, enter, logIn, openChat, server, startServers, texts, write } from "./stage.mjs";

startServers();

test("a resident signs, the doctor accepts, both chat and see what was read", async () => {
  const resident = await enter(browser, server, "user", "resident2");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await resident.getByRole("link", { name: "Contract" }).click();
  await resident.getByRole("button", { name: "Apply to 王医生" }).click();
  await resident.locator("dialog button.primary").click();
  await resident.getByText("waiting for the team").first().waitFor();

  await doctor.getByRole("link", { name: /Contracts 1/ }).click();
  await doctor.getByRole("button", { name: "Accept 李四" }).click();
  await resident.locator("h3 .tagged", { hasText: "in force" }).waitFor();

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

test("the other sees that one types, until the message is there", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await openChat(resident, "王医生");
  await openChat(doctor, "张三");
  const typing = doctor.locator(".head .state", { hasText: "is typing…" });
  await resident.locator(".composer textarea").pressSequentially("hel");
  await typing.waitFor();
  await write(resident, "hello");
  await doctor.locator(".bubble", { hasText: "hello" }).waitFor();
  assert.equal(await typing.count(), 0);
  await doctor.locator(".head .state", { hasText: "online" }).waitFor();
});

test("a message that is withdrawn is gone on both sides", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await openChat(resident, "王医生");
  await openChat(doctor, "张三");
  await write(resident, "for somebody else");
  const seen = doctor.locator(".bubble", { hasText: "for somebody else" });
  await seen.waitFor();
  assert.equal(
    await doctor.getByRole("button", { name: "Withdraw" }).count(),
    0,
    "another's message cannot be withdrawn",
  );
  await resident.locator(".bubble").hover();
  await resident.getByRole("button", { name: "Withdraw" }).click();
  await resident.locator(".told", { hasText: "You withdrew a message" }).waitFor();
  await doctor.locator(".told", { hasText: "张三 withdrew a message" }).waitFor();
  await doctor.reload();
  await openChat(doctor, "张三");
  await doctor.locator(".told", { hasText: "张三 withdrew a message" }).waitFor();
  for (const page of [resident, doctor]) assert.equal(await page.getByText("for somebody else").count(), 0);
});

test("two characters are found in the history, and lead to their message", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  await openChat(resident, "王医生");
  await write(resident, "我这两天头疼，睡不好。");
  // The point keeps "line 6" and the time 06:30 from being line 60.
  for (let number = 1; number <= 60; number++) await write(resident, `line ${number}.`);
  await resident.locator(".bubble", { hasText: "line 60." }).locator(".mark.sent, .mark.delivered").waitFor();
  await resident.reload();
  await openChat(resident, "王医生");
  await resident.locator(".bubble", { hasText: "line 60." }).waitFor();
  assert.equal(
    await resident.locator(".bubble", { hasText: "头疼" }).count(),
    0,
    "further back than one page",
  );
  await resident.getByRole("searchbox").fill("头疼");
  const found = resident.locator(".side .line", { hasText: "我这两天头疼" });
  await found.waitFor();
  assert.equal(await resident.locator(".side .line").count(), 1);
  await found.click();
  const sought = resident.locator(".bubble.sought", { hasText: "头疼" });
  await sought.waitFor();
  await resident.waitForFunction(() => {
    const [message, scroll] = [".sought", ".scroll"].map((name) =>
      document.querySelector(name).getBoundingClientRect(),
    );
    return message.top >= scroll.top && message.bottom <= scroll.bottom;
  });
  await resident.getByRole("searchbox").fill("不存在的");
  await resident.getByText("Nothing was found.").waitFor();
  await resident.getByRole("searchbox").fill("");
  await resident.locator(".side .line", { hasText: "王医生" }).waitFor();
});

test("before a contract and after it, one reads but cannot write", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await openChat(resident, "王医生");
  await write(resident, "one");
  await doctor.getByRole("link", { name: /Contracts/ }).click();
  await doctor.locator(".rows li", { hasText: "王五" }).waitFor();
  await doctor.getByRole("button", { name: "End the contract with 张三" }).click();
  await doctor.getByLabel(/Reason/).fill("moved");
  await doctor.locator("dialog button.danger").click();
  await resident.getByText("One may write here while a contract is in force.").waitFor();
  assert.equal(await resident.locator("form.composer").isVisible(), false);
  assert.equal(await resident.getByRole("button", { name: "Video call" }).count(), 0);
  await openChat(doctor, "张三");
  await doctor.getByText("One may write here while a contract is in force.").waitFor();
  await resident.getByRole("button", { name: "Take off the list" }).click();
  await resident.locator("dialog button.danger").click();
  await resident.locator(".line", { hasText: "王医生" }).waitFor({ state: "detached" });
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
  for (const page of [one, doctor])
    await page.locator(".bubble", { hasText: "from the second tab" }).waitFor();
  await one.close();
  await write(doctor, "to the one that is left");
  await two.locator(".bubble", { hasText: "to the one that is left" }).waitFor();
  assert.deepEqual(await texts(two), ["to both", "from the second tab", "to the one that is left"]);
  assert.equal(await two.locator(".banner:not([hidden])").count(), 0);
});

test("a tab that was frozen is relieved by the one that is looked at, with nothing lost or doubled", async () => {
  const one = await enter(browser, server, "user", "resident1");
  const two = await one.context().newPage();
  await two.goto(`${server.url}/resident`);
  const doctor = await enter(browser, server, "doctor", "doctor1");
  for (const page of [one, two]) await openChat(page, "王医生");
  await openChat(doctor, "张三");
  await write(doctor, "before");
  for (const page of [one, two]) await page.locator(".bubble", { hasText: "before" }).waitFor();
  const frozen = one.evaluate(() => {
    for (const until = Date.now() + 10_000; Date.now() < until;);
  });
  await write(doctor, "meanwhile");
  await two.waitForTimeout(1_000);
  assert.deepEqual(await texts(two), ["before"], "the frozen tab holds the connection");
  await two.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await two.locator(".bubble", { hasText: "meanwhile" }).waitFor();
  await write(two, "from the second tab");
  await doctor.locator(".bubble", { hasText: "from the second tab" }).waitFor();
  await frozen;
  await write(doctor, "after");
  for (const page of [one, two]) {
    await page.locator(".bubble", { hasText: "after" }).waitFor();
    assert.deepEqual(await texts(page), ["before", "meanwhile", "from the second tab", "after"]);
    assert.equal(await page.locator(".banner:not([hidden])").count(), 0);
  }
});

test("the token is out of the scripts' reach, and logging out ends all tabs", async () => {
  const page = await enter(browser, server, "user", "resident1");
  const seen = await page.evaluate(
    () => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage),
  );
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
