// Writing in a conversation: drafts, pictures with captions, links, the way Enter works, what can be withdrawn.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  PHONE,
  browser,
  enter,
  openChat,
  paint,
  server,
  shoot,
  startServers,
  texts,
  write,
} from "./stage.mjs";

startServers();

/** Does with a file what dropping or pasting it does. */
const hand = (page, selector, type, { name, mimeType, buffer }) =>
  page.evaluate(
    ({ selector, type, name, mimeType, bytes }) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], name, { type: mimeType }));
      const event =
        type === "paste"
          ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true })
          : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
      document.querySelector(selector).dispatchEvent(event);
    },
    { selector, type, name, mimeType, bytes: [...buffer] },
  );

test("a draft stays with its room, on this device, until it is sent or its writer logs out", async () => {
  const doctor = await enter(browser, server, "doctor", "doctor1");
  const text = doctor.locator(".composer textarea");
  await openChat(doctor, "张三");
  await text.fill("half a\nthought");
  await openChat(doctor, "签约团队一");
  assert.equal(await text.inputValue(), "");
  const line = doctor.locator(".line", { hasText: "张三" }).first();
  await line.getByText("[Draft]").waitFor();
  await doctor.reload();
  await openChat(doctor, "张三");
  assert.equal(await text.inputValue(), "half a\nthought");
  assert.ok((await text.boundingBox()).height > 55, "both lines are seen");
  await text.press("Enter");
  await doctor.locator(".bubble", { hasText: "half a" }).waitFor();
  await openChat(doctor, "签约团队一");
  assert.equal(await line.getByText("[Draft]").count(), 0, "what was sent is no draft");

  await text.fill("for nobody else's eyes");
  const drafts = () => doctor.evaluate(() => JSON.stringify(localStorage).includes("nobody else's"));
  assert.equal(await drafts(), true);
  await doctor.getByRole("button", { name: "Log out" }).click();
  await doctor.locator("input[name=account]").waitFor();
  assert.equal(await drafts(), false);
});

test("drafts are forgotten where another logs in, and fifty are kept at most", async () => {
  const page = await enter(browser, server, "user", "resident1");
  await page.evaluate(() => {
    localStorage.setItem("jiayi:user:SOMEBODY:draft:R1", JSON.stringify({ text: "theirs", changed: 1 }));
    const { uid } = JSON.parse(localStorage.getItem("jiayi:user"));
    for (let number = 0; number < 50; number++) {
      const draft = { text: `draft ${number}.`, changed: number };
      localStorage.setItem(`jiayi:user:${uid}:draft:OLD${number}`, JSON.stringify(draft));
    }
  });
  await page.reload();
  await openChat(page, "王医生");
  await page.locator(".composer textarea").fill("the newest");
  const kept = await page.evaluate(() =>
    Object.entries(localStorage)
      .filter(([key]) => key.includes(":draft:"))
      .map(([, value]) => JSON.parse(value).text),
  );
  assert.equal(kept.length, 50);
  assert.ok(kept.includes("the newest") && !kept.includes("draft 0.") && !kept.includes("theirs"));
});

for (const [place, options] of [
  ["desktop", {}],
  ["phone", PHONE],
]) {
  test(`pictures are chosen, dropped and pasted, and go with their captions: ${place}`, async () => {
    const resident = await enter(browser, server, "user", "resident1", options);
    const doctor = await enter(browser, server, "doctor", "doctor1");
    await openChat(resident, "王医生");
    await openChat(doctor, "张三");
    const tray = resident.locator(".tray li");
    const [red, green, blue] = [
      await paint(resident, "red.png", { colour: "#b4432f" }),
      await paint(resident, "green.png", { colour: "#2f8f4f" }),
      await paint(resident, "blue.png", { colour: "#2f6db4" }),
    ];
    await resident.locator(".composer input[type=file][multiple]").setInputFiles([red, green]);
    await hand(resident, ".scroll", "drop", blue);
    await hand(resident, ".composer textarea", "paste", await paint(resident, "", { colour: "#999" }));
    assert.equal(await tray.count(), 4);
    await resident.waitForFunction(() =>
      [...document.querySelectorAll(".tray img")].every(({ naturalWidth }) => naturalWidth === 480),
    );
    await tray.nth(3).getByRole("button").click();
    await tray.nth(0).locator("input").fill("the left knee");
    await tray.nth(1).locator("input").fill("see https://example.com/knee");
    await resident.locator(".composer textarea").fill("my knees");
    await shoot(resident, `tray-${place}`);
    await resident.getByRole("button", { name: /^(Send|发送)$/ }).click();

    const pictures = doctor.locator(".bubble .body.image");
    await pictures.nth(2).waitFor();
    assert.deepEqual(
      await pictures.evaluateAll((all) => all.map((one) => one.querySelector(".caption")?.textContent)),
      ["the left knee", "see https://example.com/knee", undefined],
    );
    assert.equal(await resident.locator(".composer textarea").inputValue(), "");
    assert.equal(await tray.count(), 0);
    await doctor.locator(".bubble", { hasText: "my knees" }).waitFor();
    assert.equal(await pictures.locator("a[rel~=noopener]", { hasText: "example.com" }).count(), 1);

    await resident.locator(".bubble .picture").nth(1).click();
    const viewer = resident.locator("dialog.viewer");
    await viewer.locator(".caption", { hasText: "see https" }).waitFor();
    await viewer.locator(".place", { hasText: /2 (of|\/) 3/ }).waitFor();
    await resident.waitForFunction(() => document.querySelector(".whole").naturalWidth === 480);
    await shoot(resident, `viewer-${place}`);
    await resident.keyboard.press("ArrowLeft");
    await viewer.locator(".caption", { hasText: "the left knee" }).waitFor();
    assert.equal(await viewer.getByRole("button", { name: /Picture before|上一张/ }).isDisabled(), true);
    await resident.keyboard.press("Escape");
    await viewer.waitFor({ state: "detached" });
    await shoot(resident, `captions-${place}`);
    await shoot(doctor, `captions-doctor-${place}`);
  });
}

test("what fails to upload comes back, with its caption", async () => {
  const page = await enter(browser, server, "user", "resident1");
  await openChat(page, "王医生");
  await page.route("**/user/file", (route) => route.abort());
  await page
    .locator(".composer input[type=file][multiple]")
    .setInputFiles(await paint(page, "red.png", { colour: "#b4432f" }));
  await page.locator(".tray input").fill("kept");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator("#notes", { hasText: "The server cannot be reached." }).waitFor();
  assert.equal(await page.locator(".tray input").inputValue(), "kept");
  await page.unroute("**/user/file");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator(".bubble .caption", { hasText: "kept" }).waitFor();
});

test("a HEIC picture, too large a file and a tenth one are refused in the reader's language", async () => {
  const heic = { name: "IMG_1.HEIC", mimeType: "", buffer: Buffer.from("....ftypheic") };
  for (const [locale, words] of [
    ["en-GB", ["HEIC picture", "20 MB at most", "9 files at most"]],
    ["zh-CN", ["HEIC 格式的图片", "不能超过 20 MB", "最多发送 9 个文件"]],
  ]) {
    const page = await enter(browser, server, "user", "resident1", { locale });
    await openChat(page, "王医生");
    const picker = page.locator(".composer input[type=file][multiple]");
    await picker.setInputFiles(heic);
    const refusals = page.locator("#notes > *", { hasText: words[0] });
    await refusals.waitFor();
    // Some phones call it otherwise: its bytes say what it is.
    await picker.setInputFiles({ ...heic, name: "IMG_2.jpg", mimeType: "image/jpeg" });
    await refusals.nth(1).waitFor();
    await page.locator(".tray li").waitFor({ state: "detached" });
    await picker.setInputFiles({ ...heic, name: "large.pdf", buffer: Buffer.alloc(20 * 1024 * 1024 + 1) });
    await page.locator("#notes", { hasText: words[1] }).waitFor();
    await picker.setInputFiles(
      Array.from({ length: 10 }, (_, n) => ({ ...heic, name: `${n}.pdf`, buffer: Buffer.from("%PDF") })),
    );
    await page.locator("#notes", { hasText: words[2] }).waitFor();
    assert.equal(await page.locator(".tray li").count(), 9);
    await page.context().close();
  }
});

test("an address is a link to the web and to nothing else", async () => {
  const page = await enter(browser, server, "user", "resident1");
  await openChat(page, "王医生");
  const links = async (text) => {
    await write(page, text);
    const bubble = page.locator(".bubble").last();
    await page.locator(".bubble .body").getByText(text, { exact: true }).last().waitFor();
    return bubble
      .locator("a")
      .evaluateAll((all) => all.map(({ href, rel, target }) => `${href} ${rel} ${target}`));
  };
  const safe = "noopener noreferrer nofollow _blank";
  assert.deepEqual(await links("见https://example.com/a?b=1，谢谢"), [`https://example.com/a?b=1 ${safe}`]);
  assert.deepEqual(await links("(see http://example.com/b_(c)). Or https://example.org!"), [
    `http://example.com/b_(c) ${safe}`,
    `https://example.org/ ${safe}`,
  ]);
  for (const text of [
    "javascript:alert(1) data:text/html,x file:///etc/passwd",
    "https://clinic.example@elsewhere.example/x",
    "https://аррӏе.com",
    "ftp://example.com http:// https://",
  ]) {
    assert.deepEqual(await links(text), [], text);
  }
});

test("Enter sends, or begins a line, as one likes", async () => {
  const page = await enter(browser, server, "user", "resident1");
  await openChat(page, "王医生");
  const text = page.locator(".composer textarea");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("switch", { name: /Enter sends/ }).uncheck();
  await shoot(page, "settings");
  await page.keyboard.press("Escape");
  await text.fill("one");
  await text.press("Enter");
  await text.pressSequentially("two");
  assert.equal(await text.inputValue(), "one\ntwo");
  await text.press("Control+Enter");
  await page.locator(".bubble", { hasText: "two" }).waitFor();
  assert.deepEqual(await texts(page), ["one\ntwo"]);
  await page.reload();
  await openChat(page, "王医生");
  await text.fill("three");
  await text.press("Enter");
  assert.equal(await text.inputValue(), "three\n", "it is remembered");
});

test("who may not withdraw any more sees no button", async () => {
  const page = await enter(browser, server, "user", "resident1");
  await page.clock.install();
  await page.reload();
  await openChat(page, "王医生");
  await write(page, "soon for good");
  const withdraw = page.getByRole("button", { name: "Withdraw" });
  await withdraw.waitFor();
  await page.clock.runFor(119_000);
  assert.equal(await withdraw.count(), 1);
  await page.clock.runFor(2_000);
  assert.equal(await withdraw.count(), 0);
});
