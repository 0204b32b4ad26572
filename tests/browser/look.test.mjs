// What all pages share: no serious finding of axe in any colours or width, both languages, and the
// keyboard alone leads to a sent message.

import axe from "axe-core";
import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD } from "./server.mjs";
import { PICTURE, attach, browser, enter, openChat, server, shareServer, texts, write } from "./stage.mjs";

shareServer();

/** Serious findings, each in a line. */
async function findings(page, where) {
  await page.waitForTimeout(250); // until what fades in has its colour
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return serious.map(
    ({ id, nodes }) =>
      `${where}: ${id}: ${nodes
        .map(({ html }) => html)
        .join(" ")
        .slice(0, 300)}`,
  );
}

/** Shows every view of a page in turn. */
async function eachView(page, role, look) {
  for (const link of await page.locator("nav a").all()) {
    await link.click();
    await page.locator("main :is(h1, h2)").first().waitFor();
    await look(`${role} ${await link.getAttribute("href")}`);
  }
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 1180]) {
    test(`axe has no serious finding: ${colorScheme}, ${width} wide`, async () => {
      // The policy of our pages forbids what axe does to read styles.
      const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
      const found = [];
      const context = await browser.newContext({ locale: "en-GB", ...options });
      const entry = await context.newPage();
      for (const path of ["/", "/resident"]) {
        await entry.goto(server.url + path);
        await entry.locator("h1").waitFor();
        found.push(...(await findings(entry, path)));
      }
      const resident = await enter(browser, server, "user", "resident1", options);
      const doctor = await enter(browser, server, "doctor", "doctor1", options);
      const admin = await enter(browser, server, "admin", "admin", options);
      await openChat(resident, "王医生");
      await openChat(doctor, "张三");
      await write(resident, "hello");
      await doctor.locator(".bubble").first().waitFor();
      found.push(
        ...(await findings(doctor, "doctor's chat")),
        ...(await findings(resident, "resident's chat")),
      );
      await resident.locator(".bubble").last().hover();
      await resident.getByRole("button", { name: "Quote it" }).last().click();
      await write(resident, "quoted");
      await doctor.locator(".bubble .quoted").last().waitFor();
      await doctor.locator(".bubble").last().hover();
      await doctor.getByRole("button", { name: "Quote it" }).last().click();
      for (const page of [doctor, resident]) found.push(...(await findings(page, "a quote")));
      await doctor.getByRole("button", { name: "Do not quote it" }).click();
      await doctor.locator(".composer").getByRole("button", { name: "Quick replies" }).click();
      await doctor.getByRole("button", { name: "Change them" }).click();
      await doctor.getByRole("button", { name: "Add a quick reply" }).click();
      await doctor.locator("dialog textarea").fill("Come at eight.");
      found.push(...(await findings(doctor, "a quick reply")));
      await doctor.getByRole("button", { name: "Save" }).click();
      await doctor.locator("dialog .words").first().waitFor();
      found.push(...(await findings(doctor, "quick replies")));
      await doctor.keyboard.press("Escape");
      await doctor.keyboard.press("Escape");
      await doctor.locator(".composer").getByRole("button", { name: "Quick replies" }).click();
      await doctor.locator("dialog .phrase").first().waitFor();
      found.push(...(await findings(doctor, "picking a quick reply")));
      await doctor.keyboard.press("Escape");
      await doctor.getByRole("button", { name: "About 张三" }).click();
      await doctor.locator(".facts").waitFor();
      found.push(...(await findings(doctor, "who the resident is")));
      if (width < 1000) await doctor.keyboard.press("Escape");
      await openChat(resident, "王医生");
      await attach(resident, { name: "rash.png", mimeType: "image/png", buffer: PICTURE });
      await resident.locator(".bubble img").last().waitFor();
      await resident.locator(".bubble .picture").last().click();
      await resident.locator("dialog.viewer").waitFor();
      found.push(...(await findings(resident, "a picture")));
      await resident.keyboard.press("Escape");
      const chosen = { name: "rash.png", mimeType: "image/png", buffer: PICTURE };
      await resident
        .locator(".composer input[type=file][multiple]")
        .setInputFiles([chosen, { ...chosen, name: "a.pdf" }]);
      await resident.locator(".tray li").nth(1).waitFor();
      found.push(...(await findings(resident, "what is chosen")));
      for (const remove of (await resident.locator(".tray button").all()).reverse()) await remove.click();
      await resident.getByRole("button", { name: "Settings" }).click();
      await resident.getByRole("dialog").waitFor();
      found.push(...(await findings(resident, "the settings")));
      await resident.keyboard.press("Escape");
      await resident.locator("nav a").first().click();
      await resident.getByRole("searchbox").fill("hello");
      await resident.locator(".side .line", { hasText: "hello" }).first().waitFor();
      found.push(...(await findings(resident, "what was found")));
      await doctor.locator("nav a").first().click();
      await doctor.getByRole("button", { name: "New group" }).click();
      found.push(...(await findings(doctor, "a dialog")));
      await doctor.keyboard.press("Escape");
      await openChat(doctor, "张三");
      await doctor.getByRole("button", { name: "Video call" }).click();
      await resident.getByText("is calling you").waitFor();
      for (const page of [doctor, resident]) found.push(...(await findings(page, "a call that rings")));
      await resident.getByRole("button", { name: "Accept the call" }).click();
      await doctor.locator("dialog.call[data-state=active]").waitFor();
      found.push(...(await findings(doctor, "a call")));
      await doctor.getByRole("button", { name: "Hang up" }).click();
      await resident.locator("dialog.call").waitFor({ state: "detached" });
      await resident.getByRole("searchbox").fill("");
      for (const [page, role] of [
        [resident, "user"],
        [doctor, "doctor"],
        [admin, "admin"],
      ]) {
        await eachView(page, role, async (where) => found.push(...(await findings(page, where))));
        found.push(...page.problems);
        await page.context().close();
      }
      await context.close();
      assert.deepEqual(found, []);
    });
  }
}

test("the language can be switched, and is told to screen readers", async () => {
  const page = await enter(browser, server, "user", "resident3", { locale: "zh-CN" });
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
  await page.getByRole("link", { name: "消息", exact: true }).waitFor();
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("link", { name: "Messages", exact: true }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.reload();
  await page.getByRole("link", { name: "Messages", exact: true }).waitFor();
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("link", { name: "消息", exact: true }).waitFor();
  await page.context().close();
});

test("the keyboard alone leads from logging in to a sent message", async () => {
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await page.goto(`${server.url}/resident`);
  await page.locator("input[name=account]").waitFor();
  const press = async (key, until) => {
    for (let tries = 0; tries < 40; tries++) {
      await page.keyboard.press(key);
      if (await page.evaluate((selector) => document.activeElement.matches(selector), until)) return;
    }
    assert.fail(`${until} cannot be reached`);
  };
  await press("Tab", "input[name=account]");
  await page.keyboard.type("resident3");
  await press("Tab", "input[name=password]");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator(".line").first().waitFor();
  await press("Tab", ".line");
  await page.keyboard.press("Enter");
  await page.locator(".composer").waitFor();
  await press("Tab", ".composer textarea");
  await page.keyboard.type("by keyboard");
  await page.keyboard.press("Enter");
  await page.locator(".mark.sent, .mark.delivered").first().waitFor();
  assert.deepEqual(await texts(page), ["by keyboard"]);
  await page.context().close();
});

test("nothing is wider than a phone", async () => {
  const page = await enter(browser, server, "doctor", "doctor2", { viewport: { width: 360, height: 700 } });
  await eachView(page, "doctor", async (where) => {
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, where);
    assert.ok(await page.evaluate(() => document.querySelector("main").scrollWidth <= 360), where);
  });
  await page.context().close();
});

test("what a view brings in late does not appear in another", async () => {
  const page = await enter(browser, server, "admin", "admin");
  let answer;
  const held = new Promise((resolve) => {
    answer = resolve;
  });
  await page.route("**/admin/team/list*", async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest("**/admin/team/list*");
  await page.getByRole("link", { name: "Teams" }).click();
  await asked;
  await page.getByRole("link", { name: "Announcements" }).click();
  await page.getByRole("heading", { name: "Announcements" }).waitFor();
  const arrived = page.waitForResponse("**/admin/team/list*");
  answer();
  await arrived;
  await page.waitForTimeout(300);
  assert.equal(await page.locator("main h1").textContent(), "Announcements");
  await page.context().close();
});
