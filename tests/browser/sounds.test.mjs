// The sounds of a message and of a call: when, where, and how often.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { browser, enter, openChat, server, startServers } from "./stage.mjs";

startServers();

const SPACING = 2_000; // ms between two sounds, as parts/ringtone.js has it
const WAYS = [
  ["desktop", { locale: "en-GB" }],
  ["phone", { locale: "zh-CN", viewport: { width: 390, height: 780 } }],
];

/** Keeps the pitches that would have been heard. */
function keepTones() {
  window.tones = [];
  const volume = { gain: { setValueAtTime() {}, linearRampToValueAtTime() {} }, connect: (to) => to };
  window.AudioContext = class {
    state = "running";
    currentTime = 0;
    async resume() {}
    async close() {
      this.state = "closed";
    }
    createGain() {
      return volume;
    }
    createOscillator() {
      const frequency = { value: 0 };
      const start = () => window.tones.push(frequency.value);
      return { frequency, connect: (to) => to, start, stop() {} };
    }
  };
}

/** Of a message comes one higher tone, of a call none. */
const chimes = (page) => page.evaluate(() => window.tones.filter((pitch) => pitch > 600).length);
const tones = (page) => page.evaluate(() => window.tones.length);

const lookAway = (page) => page.evaluate(() => (document.hasFocus = () => false));

for (const [place, options] of WAYS) {
  const begin = async () => {
    const doctor = await Person.login(server, "doctor", "doctor1");
    const resident = await Person.login(server, "user", "resident1");
    const page = await enter(browser, server, "user", "resident1", { ...options, init: keepTones });
    return { page, write: (text) => doctor.write(resident, text) };
  };
  const heard = (page, text) => page.locator(".line .preview", { hasText: text }).waitFor();

  test(`a message sounds where nobody looks, once for many, unless that is switched off: ${place}`, async () => {
    const { page, write } = await begin();
    await write("seen at once");
    await heard(page, "seen at once");
    await lookAway(page);
    await Promise.all([write("one"), write("two")]);
    await page.waitForFunction(() => window.tones.length === 2);
    await page.waitForTimeout(SPACING);
    assert.equal(await chimes(page), 1);

    const setSounds = async (isOn) => {
      await page.getByRole("button", { name: /^(Settings|设置)$/ }).click();
      await page.locator("input[name=sounds]").setChecked(isOn);
      await page.keyboard.press("Escape");
    };
    await setSounds(false);
    await write("in silence");
    await heard(page, "in silence");
    await page.waitForTimeout(500);
    assert.equal(await tones(page), 2);
    await setSounds(true);
    await write("aloud");
    await page.waitForFunction(() => window.tones.length === 4);
  });

  test(`of two tabs one sounds, and none while the other is looked at: ${place}`, async () => {
    const { page: one, write } = await begin();
    const two = await one.context().newPage();
    await two.goto(`${server.url}/resident`);
    await two.locator(".frame").waitFor();
    await lookAway(one);
    await write("the second is looked at");
    await one.locator(".line .badge").waitFor();
    await one.waitForTimeout(500);
    const all = async (count) => (await count(one)) + (await count(two));
    assert.equal(await all(tones), 0);
    await lookAway(two);
    await write("none is");
    for (let tries = 0; tries < 100 && !(await all(tones)); tries++) await one.waitForTimeout(50);
    await one.waitForTimeout(500);
    assert.deepEqual([await all(tones), await all(chimes)], [2, 1]);
  });

  test(`a call rings until it is over, and who calls hears nothing: ${place}`, async () => {
    const { page } = await begin();
    const doctor = await enter(browser, server, "doctor", "doctor1", { ...options, init: keepTones });
    await openChat(doctor, "张三");
    await doctor.getByRole("button", { name: /^(Video call|视频通话)$/ }).click();
    await page.locator("dialog.call .primary").waitFor();
    await page.waitForFunction(() => window.tones.length >= 4, null, { timeout: 4 * SPACING });
    assert.equal(await chimes(page), 0);
    await doctor.getByRole("button", { name: /^(Hang up|挂断)$/ }).click();
    await page.locator("dialog.call").waitFor({ state: "detached" });
    const count = await tones(page);
    await page.waitForTimeout(SPACING + 500);
    assert.equal(await tones(page), count);
    assert.equal(await tones(doctor), 0);
  });
}
