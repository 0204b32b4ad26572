// Doctors with many residents: everybody who has written is in the list and counted, and what is new touches its own
// row alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { crowded, keepTasks, longestTask, phoneOf } from "./crowd.mjs";
import { Person } from "./http.mjs";
import { browser, enter, server, startServers } from "./stage.mjs";

startServers();

const lines = (page) =>
  page.locator(".lines .line").evaluateAll((all) =>
    all.map((line) => ({
      name: line.querySelector(".name").textContent,
      text: line.querySelector(".preview").textContent,
      badge: line.querySelector(".badge")?.firstChild.textContent ?? null,
    })),
  );

/** Lets the page keep which rows come and go. */
const watchRows = (page) =>
  page.evaluate(() => {
    window.touched = new Set();
    const name = (row) => row.querySelector(".name").textContent;
    const note = (records) =>
      records.forEach(({ addedNodes, removedNodes }) =>
        [...addedNodes, ...removedNodes].forEach((row) => window.touched.add(name(row))),
      );
    new MutationObserver(note).observe(document.querySelector(".lines"), { childList: true });
  });

const PHONE = { locale: "zh-CN", viewport: { width: 390, height: 780 } };

for (const [place, count, options] of [
  ["desktop", 230, {}],
  ["desktop", 2_000, {}],
  ["phone", 2_000, PHONE],
]) {
  test(`${count} residents who have each asked something are all in the list, newest first: ${place}`, async () => {
    const { resident, doctor } = await crowded(count);
    const page = await enter(browser, server, "doctor", "doctor1", { ...options, init: keepTasks });
    const isQuick = async (what) => {
      const longest = await longestTask(page);
      if (process.env.SHOTS) console.log(`${place}, ${count} rows, ${what}: longest task ${longest} ms`);
      assert.ok(longest < 200, `${what}: nothing takes longer than 200 ms: ${longest}`);
    };
    await page.locator(".line", { hasText: "居民0" }).first().waitFor();
    await page.waitForFunction((count) => document.querySelectorAll(".lines .badge").length > count, count);
    await isQuick("first drawn");
    const shown = await lines(page);
    const asked = shown.slice(0, count + 1);
    const names = ["张三", ...Array.from({ length: count }, (_, number) => `居民${number}`)];
    assert.deepEqual(
      asked.map(({ name }) => name),
      names,
    );
    assert.ok(asked.every(({ text, badge }) => text === "我头疼" && badge === "1"));
    const silent = /^(Nothing written yet|还没有消息)$/;
    assert.ok(shown.slice(count + 1).every(({ text, badge }) => silent.test(text) && badge === null));
    assert.match(await page.title(), new RegExp(`^\\(${count + 1}\\) `));

    await watchRows(page);
    const last = await Person.login(server, "user", phoneOf(count - 1));
    for (const writer of [last, resident]) await writer.write(doctor, "还在疼");
    await page.locator(".line", { hasText: "还在疼" }).nth(1).locator(".badge", { hasText: "2" }).waitFor();
    const news = { text: "还在疼", badge: "2" };
    assert.deepEqual((await lines(page)).slice(0, 2), [
      { name: "张三", ...news },
      { name: `居民${count - 1}`, ...news },
    ]);
    assert.deepEqual(
      await page.evaluate(() => [...window.touched].sort()),
      ["张三", `居民${count - 1}`].sort(),
    );
    await page.getByRole("button", { name: /^(Unread|未读)$/ }).click();
    await page.getByRole("button", { name: /^(All|全部)$/ }).click();
    await page.locator(".lines").evaluate((list) => list.scrollTo(0, list.scrollHeight / 2));
    await page.waitForTimeout(200);
    await isQuick("filtered and scrolled");
    await page.locator(".line", { hasText: "居民7" }).first().click();
    await page.waitForFunction((count) => document.title.startsWith(`(${count}) `), count + 2);
    if (options === PHONE) await page.locator(".back:visible").click();
    await page.reload();
    await page.locator(".line", { hasText: "还在疼" }).first().waitFor();
    await page.waitForFunction((count) => document.querySelectorAll(".lines .badge").length >= count, count);
    assert.match(await page.title(), new RegExp(`^\\(${count + 2}\\) `));
    await isQuick("drawn again");
  });
}

test("what is heard while the lists are read is not lost", async () => {
  const [resident, doctor, newcomer] = [
    await Person.login(server, "user", "resident1"),
    await Person.login(server, "doctor", "doctor1"),
    await Person.login(server, "user", "resident2"),
  ];
  await resident.write(doctor, "first");
  const page = await enter(browser, server, "doctor", "doctor1");
  await page.locator(".line", { hasText: "first" }).waitFor();
  let go;
  const held = new Promise((resolve) => {
    go = resolve;
  });
  const asked = new Promise((resolve) => {
    page.route("**/doctor/message/list*", async (route) => {
      const response = await route.fetch();
      resolve();
      await held;
      await route.fulfill({ response });
    });
  });
  const { items } = await newcomer.get("team/list");
  const team = items.find(({ doctors }) => doctors.some(({ uid }) => uid === doctor.uid));
  await newcomer.post("/social/signed2", { stid: team.stid, doctoruid: doctor.uid });
  await asked;
  await resident.write(doctor, "second");
  const line = page.locator(".line", { hasText: "second" });
  await line.locator(".badge", { hasText: "2" }).waitFor();
  go();
  await page.locator(".line", { hasText: "李四" }).waitFor(); // the lists have come
  await line.locator(".badge", { hasText: "2" }).waitFor();
});

test("a search leads on from page to page", async () => {
  const [resident, doctor] = [
    await Person.login(server, "user", "resident1"),
    await Person.login(server, "doctor", "doctor1"),
  ];
  for (let number = 1; number <= 60; number++) await resident.write(doctor, `cough ${number}.`);
  const page = await enter(browser, server, "doctor", "doctor1");
  await page.getByRole("searchbox").fill("cough");
  const found = page.locator(".side .line");
  await page.getByRole("button", { name: "Show more" }).click();
  await found.nth(59).waitFor();
  assert.match(await found.nth(59).textContent(), /cough 1\./);
  assert.equal(await page.getByRole("button", { name: "Show more" }).count(), 0);
});
