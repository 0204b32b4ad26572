// What a call tells and lets one do: the chat beside it, another camera, a line that is bad, a microphone that is not
// allowed, and a call that was missed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, enter, openChat, server, shoot, startServers, write } from "./stage.mjs";

startServers();

/** Whether two boxes have a place in common. */
const meet = (one, other) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

const WINDOWS = [
  [1180, 760],
  [900, 700],
  [390, 780],
  [320, 568],
  [740, 360],
];

const ENGLISH = {
  about: "About 张三",
  ring: "Video call",
  accept: "Accept the call",
  hangUp: "Hang up",
  beside: "Chat beside the call",
  enlarge: "Enlarge the call",
  camera: "Another camera",
  bad: "The line is bad.",
  denied: /Allow the microphone at the sign beside the address/,
  missed: "Missed video call",
  cancelled: "Video call cancelled",
  inList: "[Video call, not answered]",
};
const CHINESE = {
  about: "张三的资料",
  ring: "视频通话",
  accept: "接听",
  hangUp: "挂断",
  beside: "边聊边通话",
  enlarge: "放大通话窗口",
  camera: "切换摄像头",
  bad: "网络不佳。",
  denied: /允许使用麦克风/,
  missed: "未接视频通话",
  cancelled: "视频通话已取消",
  inList: "[视频通话未接听]",
};

/** Keeps the connections of calls, for the test to look at. */
function watch() {
  window.peers = [];
  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(options) {
      super(options);
      window.peers.push(this);
    }
  };
}

/** The camera that this end sends from. */
const camera = (page) =>
  page.evaluate(() => {
    const sender = window.peers
      .at(-1)
      .getSenders()
      .find(({ track }) => track?.kind === "video");
    return sender.track.getSettings().deviceId;
  });

for (const [place, options, words] of [
  ["desktop", {}, ENGLISH],
  ["phone", { locale: "zh-CN", viewport: { width: 360, height: 760 } }, CHINESE],
]) {
  /** Resident1 and doctor1, each with the other's conversation open. */
  const pair = async () => {
    const doctor = await enter(browser, server, "doctor", "doctor1", options);
    const resident = await enter(browser, server, "user", "resident1", options);
    for (const page of [doctor, resident]) {
      await page.addInitScript(watch);
      await page.reload();
      await page.locator(".frame").waitFor();
    }
    await openChat(doctor, "张三");
    await openChat(resident, "王医生");
    return { doctor, resident };
  };
  const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
  const look = (page, name) => shoot(page, `${name}-${place}`);

  test(`one writes beside a call, takes another camera, and sees that the line is bad: ${place}`, async () => {
    const { doctor, resident } = await pair();
    await press(resident, words.ring);
    await press(doctor, words.accept);
    for (const page of [resident, doctor]) await page.locator("dialog.call[data-state=active]").waitFor();
    await look(doctor, "call");

    const before = await camera(doctor);
    await press(doctor, words.camera);
    await doctor.waitForFunction((before) => {
      const sender = window.peers
        .at(-1)
        .getSenders()
        .find(({ track }) => track?.kind === "video");
      return sender.track.readyState === "live" && sender.track.getSettings().deviceId !== before;
    }, before);

    await press(doctor, words.beside);
    await doctor.locator("dialog.call.beside").waitFor();
    await write(doctor, "How much do you weigh?");
    await resident.locator("dialog.call").waitFor();
    await press(resident, words.beside);
    await resident.locator(".bubble", { hasText: "How much do you weigh?" }).waitFor();
    await write(resident, "Seventy kilos.");
    await doctor.locator(".bubble", { hasText: "Seventy kilos." }).waitFor();
    await look(doctor, "call-beside");
    await look(resident, "call-beside-resident");

    // What WebRTC would say of a line that loses every other packet.
    await doctor.evaluate(() => {
      let packets = 0;
      const figures = () => {
        packets += 100;
        return [{ type: "inbound-rtp", packetsLost: packets, packetsReceived: packets }];
      };
      window.peers.at(-1).getStats = async () => new Map(figures().map((one, index) => [index, one]));
    });
    await doctor.getByText(words.bad).waitFor();
    await press(doctor, words.enlarge);
    await doctor.locator("dialog.call:not(.beside)").waitFor();
    await look(doctor, "call-bad");
    await press(doctor, words.hangUp);
    for (const page of [resident, doctor]) await page.locator("dialog.call").waitFor({ state: "detached" });
  });

  test(`a call hides nothing of who the resident is, nor of what is written: ${place}`, async () => {
    const { doctor, resident } = await pair();
    await press(doctor, words.ring);
    await press(resident, words.accept);
    const call = doctor.locator("dialog.call");
    await doctor.locator("dialog.call[data-state=active]").waitFor();
    await press(doctor, words.beside);
    for (const [width, height] of WINDOWS) {
      await doctor.setViewportSize({ width, height });
      await doctor.locator(".head h2:visible").waitFor();
      const place = await call.boundingBox();
      assert.ok(place.x >= 0 && place.x + place.width <= width, `the call is in the window: ${width}`);
      for (const part of [".head", ".desk", ".composer"]) {
        const content = await doctor.locator(part).boundingBox();
        assert.ok(!meet(place, content), `${part} at ${width} × ${height}`);
      }
      await press(doctor, words.about);
      const about = doctor.locator(".about, dialog:not(.call)");
      await about.locator(".facts").waitFor();
      await look(doctor, `call-about-${width}`);
      const shown = await about.boundingBox();
      assert.ok(!meet(place, shown), `${width} × ${height}: ${JSON.stringify([place, shown])}`);
      assert.ok(
        shown.height > 150 && shown.y + shown.height <= height + 1,
        `it can be read: ${shown.height}`,
      );
      if (width > 1000) await press(doctor, words.about);
      else await doctor.keyboard.press("Escape");
      await about.waitFor({ state: "detached" });
    }
    await press(doctor, words.hangUp);
    await call.waitFor({ state: "detached" });
    assert.equal(await doctor.locator(".calling").count(), 0);
  });

  test(`who may not use the microphone is told what to do: ${place}`, async () => {
    const { doctor, resident } = await pair();
    await resident.evaluate(() => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException("no", "NotAllowedError");
      };
    });
    await press(resident, words.ring);
    await resident.getByText(words.denied).waitFor();
    await look(resident, "call-denied");
    await press(doctor, words.accept);
    await doctor.locator("dialog.call[data-state=active]").waitFor();
    await resident.getByText(words.denied).waitFor();
    assert.equal(await doctor.locator("dialog.call .hint").textContent(), "");
    await press(doctor, words.hangUp);
    await resident.locator("dialog.call").waitFor({ state: "detached" });
  });

  test(`a call that was missed reads so to who missed it, and to nobody else: ${place}`, async () => {
    const { doctor, resident } = await pair();
    await press(resident, words.ring);
    await doctor.getByRole("button", { name: words.accept, exact: true }).waitFor();
    await press(resident, words.hangUp);
    await doctor.locator(".told.missed", { hasText: words.missed }).waitFor();
    await resident.locator(".told:not(.missed)", { hasText: words.cancelled }).waitFor();
    await look(doctor, "call-missed");
    for (const page of [doctor, resident]) {
      await page.locator("nav a").first().click();
      await page.locator(".line", { hasText: words.inList }).first().waitFor();
    }
  });
}
