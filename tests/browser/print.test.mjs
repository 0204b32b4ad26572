// Large print: by a switch and by the browser's own size, nothing is cut on the narrowest phone; how many columns
// there are goes by the letters.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, enter, openChat, server, shoot, startServers, write } from "./stage.mjs";

startServers();

/** What is cut off or stands out of the page, in words; previews and names in lists may be shortened. */
const cut = (page) =>
  page.evaluate(() => {
    const isShortened = (element) => element.closest(".preview, .line");
    const scrolls = (element) => {
      for (let one = element; one; one = one.parentElement)
        if (["auto", "scroll"].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth)
          return one !== document.documentElement && !one.matches("main, dialog");
      return false;
    };
    const found = [];
    const name = (one) => `${one.tagName}.${one.className} “${one.textContent.trim().slice(0, 30)}”`;
    if (document.documentElement.scrollWidth > innerWidth) found.push("the page");
    for (const one of document.querySelectorAll("body *")) {
      if (!one.checkVisibility() || one.closest(".hidden, .skip, svg, option")) continue;
      const { right, left, width } = one.getBoundingClientRect();
      if (!width || scrolls(one)) continue;
      if (right > innerWidth + 1 || left < -1) found.push(`${name(one)} stands out`);
      const { overflowX } = getComputedStyle(one);
      const isCut = overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
      if (isCut && !isShortened(one)) found.push(`${name(one)} is cut`);
    }
    return found;
  });

async function eachView(page, look) {
  for (const link of await page.locator("nav a").all()) {
    await link.click();
    await page.locator("main :is(h1, h2)").first().waitFor();
    await page.waitForTimeout(300);
    await look(await link.getAttribute("href"));
  }
}

const letters = (page) =>
  page.evaluate(() => parseFloat(getComputedStyle(document.querySelector("main")).fontSize));

const PHONE = { viewport: { width: 320, height: 640 } };

for (const [locale, by] of [
  ["en-GB", "the switch"],
  ["zh-CN", "the browser's size"],
]) {
  test(`nothing is cut at 320 pixels with letters of 24, by ${by}`, async () => {
    const found = [];
    for (const [role, account] of [
      ["user", "resident1"],
      ["doctor", "doctor1"],
      ["admin", "admin"],
    ]) {
      const page = await enter(browser, server, role, account, { ...PHONE, locale });
      if (by === "the switch") {
        await page.getByRole("button", { name: "Letters: normal" }).click();
        await page.getByRole("button", { name: "Letters: large" }).click();
        await page.reload(); // it stays
      } else {
        const session = await page.context().newCDPSession(page);
        await session.send("Page.setFontSizes", { fontSizes: { standard: 24, fixed: 24 } });
        await page.reload();
      }
      await page.locator(".frame").waitFor();
      assert.equal(await letters(page), 24);
      const look = async (where) => {
        found.push(...(await cut(page)).map((what) => `${role} ${where}: ${what}`));
        await shoot(page, `print-${role}-${where.replace(/\W/g, "")}-${locale}`);
      };
      await eachView(page, look);
      if (role !== "admin") {
        await openChat(page, role === "user" ? "王医生" : "张三");
        await write(page, "我头疼两天了 https://example.org/a-long-address/that-must-break/somewhere");
        await page.locator(".bubble").last().waitFor();
        await look("chat");
      }
      await page.getByRole("button", { name: /^(Settings|设置)$/ }).click();
      await page.getByRole("dialog").waitFor();
      await look("settings");
      await page.context().close();
    }
    assert.deepEqual([...new Set(found)], []);
  });
}

test("there are as many columns as there is room for, in the letters that are chosen", async () => {
  const page = await enter(browser, server, "doctor", "doctor1");
  await openChat(page, "张三");
  const layout = async (width) => {
    await page.setViewportSize({ width, height: 700 });
    await page.waitForFunction((width) => document.documentElement.clientWidth === width, width);
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    const isSeen = (selector) => page.locator(selector).first().isVisible();
    const nav = await page.locator("nav").boundingBox();
    return [nav.y > 300 ? "below" : "beside", await isSeen(".side"), await isSeen(".pane")].join(" ");
  };
  assert.equal(await layout(1100), "beside true true");
  assert.equal(await layout(990), "below true true");
  await shoot(page, "columns-990");
  assert.equal(await layout(790), "below false true");
  await page.getByRole("button", { name: "Letters: normal" }).click();
  assert.equal(await layout(1300), "beside true true");
  assert.equal(await layout(1100), "below true true");
  assert.equal(await layout(990), "below false true");
});
