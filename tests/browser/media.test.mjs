// Voice messages and photographs: recording, playing, what a microphone that is not there says, what is sent of a large
// picture.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  PLACES,
  attach,
  browser,
  enter,
  openChat,
  paint,
  server,
  shoot,
  startServers,
  press,
} from "./stage.mjs";

startServers();

const RECORD = /^(Record a voice message|录制语音)/;
const SEND = /^(Stop and send the voice message|停止并发送)/;
const PLAY = /^(Play the voice message|播放语音)$/;
const PAUSE = /^(Pause|暂停)$/;

/** Records for three seconds and sends it. */
async function say(page) {
  await press(page, RECORD);
  await page.locator(".clock", { hasText: /0:0[3-9]/ }).waitFor();
  await press(page, SEND);
}

/** In whose place the microphone is asked for: `answer` gets what else would have been done. */
const replaceMicrophone = (page, answer) =>
  page.evaluate((answer) => {
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    // The page's own text, not somebody else's.
    mediaDevices.getUserMedia = new Function("open", `return ${answer}`)(open);
  }, answer);

for (const [place, options] of PLACES) {
  test(`a voice message shows its wave, is played, paused, and begun elsewhere: ${place}`, async () => {
    const resident = await enter(browser, server, "user", "resident1", options);
    const doctor = await enter(browser, server, "doctor", "doctor1", options);
    await openChat(resident, "王医生");
    await openChat(doctor, "张三");
    await press(resident, RECORD);
    const meter = resident.locator(".attach meter");
    await resident.waitForFunction(() => document.querySelector(".attach meter").value > 0);
    await shoot(resident, `media-recording-${place}`);
    await resident.locator(".clock", { hasText: /0:0[2-9]/ }).waitFor();
    await press(resident, SEND);
    await meter.waitFor({ state: "hidden" });
    await say(resident);
    const [first, second] = [0, 1].map((index) => doctor.locator(".player").nth(index));
    await second.waitFor();
    await first.getByText(/0:0[2-9]/).waitFor();
    await first.locator("svg path[d*=M39]").waitFor({ state: "attached" });
    await second.locator("svg path[d*=M39]").waitFor({ state: "attached" });
    await shoot(doctor, `media-waves-${place}`);

    const isPlaying = (player) => player.locator("audio").evaluate(({ paused }) => !paused);
    await first.getByRole("button", { name: PLAY }).click();
    await first.getByRole("button", { name: PAUSE }).waitFor();
    await second.getByRole("button", { name: PLAY }).click();
    await second.getByRole("button", { name: PAUSE }).waitFor();
    await first.getByRole("button", { name: PLAY }).waitFor();
    assert.deepEqual([await isPlaying(first), await isPlaying(second)], [false, true], "one at a time");
    // A press lasts, and what is played goes on meanwhile.
    await second.getByRole("button", { name: PAUSE }).click({ delay: 300 });
    await second.getByRole("button", { name: PLAY }).waitFor();
    assert.equal(await isPlaying(second), false);
    await first.getByRole("slider").fill("1");
    assert.equal(await first.locator("audio").evaluate((audio) => audio.currentTime), 1);
    await first.getByText("0:01").waitFor();
  });

  test(`why nothing can be recorded is said: ${place}`, async () => {
    const page = await enter(browser, server, "user", "resident1", options);
    await openChat(page, "王医生");
    for (const [name, words] of [
      ["NotAllowedError", /Allow the microphone at the sign|请在地址栏旁的图标中允许/],
      ["NotFoundError", /There is no microphone\.|没有可用的麦克风。/],
      ["NotReadableError", /Another program has the microphone|麦克风正被其他程序占用/],
    ]) {
      await replaceMicrophone(page, `() => Promise.reject(new DOMException("", "${name}"))`);
      await press(page, RECORD);
      await page.getByText(words).waitFor();
    }
    await page.evaluate(() => (window.MediaRecorder = undefined));
    await press(page, RECORD);
    await page.getByText(/This browser cannot record\.|此浏览器不支持录音。/).waitFor();
  });

  test(`a photograph is sent in a size that fits a screen, a drawing as it is: ${place}`, async () => {
    const resident = await enter(browser, server, "user", "resident1", options);
    await openChat(resident, "王医生");
    assert.equal(
      await resident.getByRole("button", { name: /^(Take a picture|拍照)$/ }).count(),
      place === "phone" ? 1 : 0,
    );
    const draw = (name, mimeType, width) => paint(resident, name, { mimeType, width, height: width / 2 });
    const photo = await draw("IMG.JPG", "image/jpeg", 4000);
    const drawing = await draw("plan.png", "image/png", 3000);
    const small = await draw("small.jpg", "image/jpeg", 300);
    await attach(resident, photo, drawing, small);
    await resident.locator(".bubble img").nth(2).waitFor();
    await resident.waitForFunction(() =>
      [...document.querySelectorAll(".bubble img")].every((img) => img.naturalWidth),
    );
    const widths = await resident
      .locator(".bubble img")
      .evaluateAll((all) => all.map((img) => img.naturalWidth));
    assert.deepEqual(widths, [2880, 3000, 300]);
  });
}

test("the microphone is closed where its room was left before it opened, and while it records", async () => {
  const page = await enter(browser, server, "user", "resident1");
  const isClosed = () =>
    page.waitForFunction(() => window.opened?.getTracks().every(({ readyState }) => readyState === "ended"));
  const keep = "(media) => (window.asked = open(media).then((stream) => (window.opened = stream)))";
  const late = `(media) => new Promise((go) => (window.go = go)).then(() => (${keep})(media))`;
  await openChat(page, "王医生");
  await replaceMicrophone(page, late);
  await press(page, RECORD);
  await page.getByRole("link", { name: "Contract", exact: true }).click();
  await page.evaluate(() => window.go());
  await isClosed();
  await page.reload();
  await page.locator(".frame").waitFor();
  await openChat(page, "王医生");
  await replaceMicrophone(page, keep);
  await press(page, RECORD);
  await page.locator(".clock", { hasText: /0:0[1-9]/ }).waitFor();
  await page.getByRole("link", { name: "Contract", exact: true }).click();
  await isClosed();
});
