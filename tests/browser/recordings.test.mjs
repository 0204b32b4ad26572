// Recordings that end by themselves or cannot be sent, and players that outlast what is drawn anew, or cannot play.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { PLACES, browser, enter, openChat, server, shoot, startServers, press } from "./stage.mjs";

startServers();

const RECORD = /^(Record a voice message|录制语音)/;
const STOP = /^(Stop and send the voice message|停止并发送)/;
const PLAY = /^(Play the voice message|播放语音)$/;
const SEND = /^(Send|发送)$/;

/** Records until the clock says some seconds. */
async function record(page, seconds) {
  await press(page, RECORD);
  await page.locator(".clock", { hasText: new RegExp(`0:0[${seconds}-9]`) }).waitFor();
}

/** Has the page remember the microphone that it opens, as `opened`. */
const followMicrophone = (page) =>
  page.evaluate(() => {
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (media) => (window.opened = await open(media));
  });

const isPlaying = (audio) => audio.evaluate((audio) => audio.isConnected && !audio.paused);

/** A second of sound as this browser records it: nothing in it says how long it is. */
const hum = (page) =>
  page.evaluate(async () => {
    const context = new AudioContext();
    const [source, end] = [context.createOscillator(), context.createMediaStreamDestination()];
    source.connect(end);
    source.start();
    const recorder = new MediaRecorder(end.stream, { mimeType: "audio/webm" });
    const data = new Promise((resolve) => (recorder.ondataavailable = resolve));
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 1200));
    recorder.stop();
    return [...new Uint8Array(await (await data).data.arrayBuffer())];
  });

for (const [place, options] of PLACES) {
  test(`a recording that ends by itself is held, heard, dropped or sent: ${place}`, async () => {
    const resident = await enter(browser, server, "user", "resident1", options);
    const doctor = await enter(browser, server, "doctor", "doctor1");
    await openChat(resident, "王医生");
    await openChat(doctor, "张三");
    const row = resident.locator(".tray li.voice");

    // The headset is pulled out.
    await followMicrophone(resident);
    await record(resident, 1);
    await resident.evaluate(() => window.opened.getTracks().forEach((track) => track.stop()));
    await row.waitFor();
    await resident.getByText(/The recording has ended\.|录音已结束。/).waitFor();
    await row.getByRole("button", { name: /^(Do not send|不发送)/ }).click();
    await row.waitFor({ state: "detached" });

    // The time is up while a call covers the buttons.
    await record(resident, 1);
    await doctor.getByRole("button", { name: "Video call" }).click();
    await resident.getByRole("button", { name: /^(Decline|拒绝)$/ }).waitFor();
    await resident.evaluate(() => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + 60_000;
    });
    await row.waitFor({ state: "attached" });
    await resident.getByRole("button", { name: /^(Decline|拒绝)$/ }).click();
    await row.getByText(/^(not sent yet|尚未发送)$/).waitFor();
    await row.getByRole("button", { name: PLAY }).click();
    await resident.waitForFunction(() => document.querySelector(".tray audio").currentTime > 0.1);
    await shoot(resident, `held-${place}`);
    assert.equal(await doctor.locator(".bubble .player").count(), 0, "nothing was sent unasked");
    await resident.getByRole("button", { name: SEND }).click();
    await doctor.locator(".bubble .player").getByText(/1:0\d/).waitFor();
    assert.equal(await row.count(), 0);
  });

  test(`a recording that cannot be sent stays until it can: ${place}`, async () => {
    const resident = await enter(browser, server, "user", "resident1", options);
    const doctor = await enter(browser, server, "doctor", "doctor1");
    await openChat(resident, "王医生");
    await openChat(doctor, "张三");
    await resident.route("**/user/file", (route) => route.abort());
    await record(resident, 1);
    await press(resident, STOP);
    const row = resident.locator(".tray li.voice");
    await row.getByText(/^(not sent|未发送)$/).waitFor();
    await resident.getByText(/The server cannot be reached\.|无法连接服务器/).waitFor();
    await shoot(resident, `unsent-${place}`);
    await resident.getByRole("link", { name: /^(Contract|签约)$/ }).click();
    await row.waitFor({ state: "detached" });
    await resident.locator("nav a").first().click();
    await openChat(resident, "王医生");
    await row.waitFor();
    await resident.unroute("**/user/file");
    await row.getByRole("button", { name: /^(Try again|重试)$/ }).click();
    await doctor.locator(".bubble .player").waitFor();
    await row.waitFor({ state: "detached" });
  });
}

test("a message goes on playing while what is beside it changes", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  await openChat(resident, "王医生");
  await record(resident, 1);
  await press(resident, STOP);
  await resident.locator(".mark.sent").waitFor();
  const audio = await resident.locator(".bubble audio").elementHandle();
  await audio.evaluate((audio) => (audio.loop = true));
  await press(resident, PLAY);
  await resident.waitForFunction(() => document.querySelector(".bubble audio").currentTime > 0);
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await openChat(doctor, "张三");
  await resident.locator(".mark.read").waitFor();
  assert.equal(await isPlaying(audio), true);

  // And at the desk, where a card is drawn anew once it is taken on.
  const patient = await Person.login(server, "user", "resident3");
  const other = await Person.login(server, "doctor", "doctor2");
  await patient.share(other, "voice", new Uint8Array(await hum(resident)), "voice.webm");
  const desk = await enter(browser, server, "doctor", "doctor3");
  await desk.getByRole("link", { name: /Duty desk/ }).click();
  const question = desk.locator(".question", { hasText: "王五" });
  const asked = await question.locator("audio").elementHandle();
  await asked.evaluate((audio) => (audio.loop = true));
  await question.getByRole("button", { name: PLAY }).click();
  await question.getByRole("button", { name: "Take on the question of 王五" }).click();
  await question.getByText("taken on by you").waitFor();
  assert.equal(await isPlaying(asked), true);
});

for (const [place, options] of PLACES) {
  test(`where the browser cannot play it, it can be saved: ${place}`, async () => {
    const patient = await Person.login(server, "user", "resident1");
    const doctor = await enter(browser, server, "doctor", "doctor1", options);
    const bytes = await hum(doctor);
    const doctorHimself = await Person.login(server, "doctor", "doctor1");
    await patient.share(doctorHimself, "voice", new Uint8Array(bytes), "voice.webm");
    // As Safari before 17 says of it.
    await doctor.evaluate(() => {
      HTMLMediaElement.prototype.canPlayType = (type) => (type.includes("webm") ? "" : "probably");
    });
    await openChat(doctor, "张三");
    const link = doctor.getByRole("link", { name: /^(Save the voice message|保存语音文件)$/ });
    await link.waitFor();
    await shoot(doctor, `unplayable-${place}`);
    const [download] = await Promise.all([doctor.waitForEvent("download"), link.click()]);
    assert.equal(download.suggestedFilename(), "voice.webm");
    assert.deepEqual([...readFileSync(await download.path())], bytes);
  });
}

test("what every browser plays is recorded where this one can", async () => {
  const page = await enter(browser, server, "user", "resident1");
  await openChat(page, "王医生");
  await page.evaluate(() => {
    const Real = window.MediaRecorder;
    window.asked = [];
    window.MediaRecorder = function (stream, options) {
      window.asked.push(options);
      return new Real(stream);
    };
    window.MediaRecorder.isTypeSupported = (type) => type.includes("mp4a.40.2") && window.hasAac;
  });
  for (const hasAac of [false, true]) {
    await page.evaluate((hasAac) => (window.hasAac = hasAac), hasAac);
    await record(page, 1);
    await press(page, /^Drop$/);
  }
  assert.deepEqual(await page.evaluate(() => window.asked), [{}, { mimeType: "audio/mp4;codecs=mp4a.40.2" }]);
});

test("a wave that could not be fetched is fetched again, and tells how long the sound is", async () => {
  const patient = await Person.login(server, "user", "resident1");
  const doctor = await Person.login(server, "doctor", "doctor1");
  const page = await enter(browser, server, "doctor", "doctor1");
  await patient.share(doctor, "voice", new Uint8Array(await hum(page)), "voice.webm");
  const refused = new Promise((resolve) =>
    page.route("**/file?fileid=*", async (route) => {
      await route.abort();
      resolve();
    }),
  );
  await openChat(page, "张三");
  await refused;
  const player = page.locator(".bubble .player");
  assert.equal(await player.locator("svg path[d*=M39]").count(), 0);
  await page.unroute("**/file?fileid=*");
  await openChat(page, "签约团队一");
  await openChat(page, "张三");
  await player.locator("svg path[d*=M39]").waitFor({ state: "attached" });
  await player.getByText("0:01").waitFor();
  assert.equal(await player.locator("audio").evaluate(({ duration }) => Number.isFinite(duration)), false);
});
