// What is sent of a picture and what is not, and what becomes of files that are refused or come back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { PHONE, attach, browser, enter, openChat, paint, server, shoot, startServers } from "./stage.mjs";

startServers();

const PLACE = "31.2304 N, 121.4737 E"; // where a picture was taken, wherever a format keeps it
const LARGEST = 20 * 1024 * 1024;

const u16 = (number) => Buffer.from([number >> 8, number & 255]);
const u32 = (number, isLittle) => {
  const bytes = Buffer.alloc(4);
  if (isLittle) bytes.writeUInt32LE(number);
  else bytes.writeUInt32BE(number);
  return bytes;
};

/** Exif that says that the camera was held upright, and where. */
function exif(isLittle) {
  const short = (number) => (isLittle ? u16(number).reverse() : u16(number));
  const entry = [short(0x0112), short(3), u32(1, isLittle), short(6), short(0)];
  const head = [Buffer.from(isLittle ? "II" : "MM"), short(42), u32(8, isLittle), short(1)];
  return Buffer.concat([...head, ...entry, u32(0), Buffer.from(PLACE)]);
}

const segment = (marker, data) => Buffer.concat([Buffer.from([0xff, marker]), u16(data.length + 2), data]);

/** A JPEG in which every place that is known for it tells where it was taken. */
function tellingJpeg(plain, isLittle) {
  const application = (head, data) => Buffer.concat([Buffer.from(head), data]);
  return Buffer.concat([
    plain.subarray(0, 2),
    segment(0xe1, application("Exif\0\0", exif(isLittle))),
    segment(0xe1, application("http://ns.adobe.com/xap/1.0/\0", Buffer.from(PLACE))),
    segment(0xed, application("Photoshop 3.0\0", Buffer.from(PLACE))),
    segment(0xfe, Buffer.from(PLACE)),
    plain.subarray(2),
    tellingTail(plain), // as of a phone that takes two pictures at once
  ]);
}

const tellingTail = (plain) => Buffer.concat([plain.subarray(0, 2), segment(0xe1, Buffer.from(PLACE))]);

/** The sums of chunks are not looked at, where nobody reads them. */
const pngChunk = (name, data) => Buffer.concat([u32(data.length), Buffer.from(name), data, u32(0)]);

function tellingPng(plain) {
  const telling = [pngChunk("eXIf", exif()), pngChunk("tEXt", Buffer.from(`GPS\0${PLACE}`))];
  return Buffer.concat([plain.subarray(0, 33), ...telling, plain.subarray(33)]);
}

/** Its first chunk, as Chromium writes it, has flags that say what else there is. */
function tellingWebp(plain) {
  assert.equal(plain.toString("latin1", 12, 16), "VP8X");
  const chunk = (name, data) => {
    const pad = Buffer.alloc(data.length % 2);
    return Buffer.concat([Buffer.from(name), u32(data.length, true), data, pad]);
  };
  const body = Buffer.concat([plain.subarray(8), chunk("EXIF", exif()), chunk("XMP ", Buffer.from(PLACE))]);
  body[12] |= 0x0c;
  return Buffer.concat([Buffer.from("RIFF"), u32(body.length, true), body]);
}

/** Two frames of one pixel. */
function tellingGif() {
  const text = Buffer.concat([Buffer.from([PLACE.length]), Buffer.from(PLACE), Buffer.from([0])]);
  const loop = Buffer.concat([
    Buffer.from([0x21, 0xff, 11]),
    Buffer.from("NETSCAPE2.0"),
    Buffer.from([3, 1, 0, 0, 0]),
  ]);
  const xmp = Buffer.concat([Buffer.from([0x21, 0xff, 11]), Buffer.from("XMP DataXMP"), text]);
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe]), text]);
  const image = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  const frame = Buffer.concat([Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0]), image]);
  const head = Buffer.concat([
    Buffer.from("GIF89a"),
    Buffer.from([1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]),
  ]);
  return Buffer.concat([head, loop, comment, frame, xmp, frame, Buffer.from([0x3b])]);
}

test("no picture says where it was taken, and each looks as before", async () => {
  const page = await enter(browser, server, "user", "resident1");
  await openChat(page, "王医生");
  const size = { width: 40, height: 20 };
  const plain = async (mimeType) => (await paint(page, "", { mimeType, ...size })).buffer;
  const [jpeg, png, webp] = [await plain("image/jpeg"), await plain("image/png"), await plain("image/webp")];
  const files = [
    ["one.jpg", "image/jpeg", tellingJpeg(jpeg, false), [20, 40]],
    ["two.jpg", "image/jpeg", tellingJpeg(jpeg, true), [20, 40]],
    // Its end is missing: it is drawn as it is seen.
    [
      "cut.jpg",
      "image/jpeg",
      tellingJpeg(jpeg.subarray(0, -2), true).subarray(0, -tellingTail(jpeg).length),
      [20, 40],
    ],
    ["three.png", "image/png", tellingPng(png), [40, 20]],
    ["four.webp", "image/webp", tellingWebp(webp), [40, 20]],
    ["five.gif", "image/gif", tellingGif(), [1, 1]],
  ];
  for (const [name, , buffer] of files) assert.ok(buffer.includes(PLACE), name);
  await attach(page, ...files.map(([name, mimeType, buffer]) => ({ name, mimeType, buffer })));
  const pictures = page.locator(".bubble img");
  await pictures.nth(files.length - 1).waitFor();
  for (const [index, [name, , , looks]] of files.entries()) {
    const sent = await pictures.nth(index).evaluate(async (img) => {
      await img.decode().catch(() => Promise.reject(new Error(img.alt)));
      const bytes = new Uint8Array(await (await fetch(img.src)).arrayBuffer());
      return { looks: [img.naturalWidth, img.naturalHeight], text: String.fromCharCode(...bytes) };
    });
    assert.deepEqual(sent.looks, looks, name);
    assert.equal(sent.text.includes(PLACE), false, name);
    if (name === "four.webp") assert.equal(sent.text.charCodeAt(20) & 0x0c, 0);
    if (name === "five.gif") assert.ok(sent.text.includes("NETSCAPE2.0"), "it goes on moving");
  }
});

for (const [place, options] of [
  ["desktop", {}],
  ["phone", PHONE],
]) {
  test(`a picture that is seen only once it is converted has its caption, too: ${place}`, async () => {
    const page = await enter(browser, server, "user", "resident1", options);
    await openChat(page, "王医生");
    // A browser that reads HEIC is not at hand: to this one it is a JPEG by another name.
    const { buffer } = await paint(page, "", { mimeType: "image/jpeg" });
    const heic = { name: "IMG_1.HEIC", mimeType: "image/heic", buffer };
    await page.locator(".composer input[type=file][multiple]").setInputFiles(heic);
    await page.locator(".tray input.caption").fill("the left knee");
    await page.waitForFunction(() => document.querySelector(".tray img")?.naturalWidth === 480);
    await shoot(page, `heic-${place}`);
    await page.getByRole("button", { name: /^(Send|发送)$/ }).click();
    await page.locator(".bubble .caption", { hasText: "the left knee" }).waitFor();
  });

  test(`what comes back is there although as many as go at once were chosen meanwhile: ${place}`, async () => {
    const page = await enter(browser, server, "user", "resident1", options);
    await openChat(page, "王医生");
    const held = new Promise((resolve) => page.route("**/user/file", resolve));
    const pdf = (name) => ({ name: `${name}.pdf`, mimeType: "application/pdf", buffer: Buffer.from("%PDF") });
    await attach(page, pdf("first"));
    const route = await held;
    const more = Array.from({ length: 9 }, (_, number) => pdf(number));
    await page.locator(".composer input[type=file][multiple]").setInputFiles(more);
    await page.locator(".tray li").nth(8).waitFor();
    await route.abort();
    const first = page.locator(".tray li", { hasText: "first.pdf" });
    await first.getByText(/^(not sent|未发送)$/).waitFor();
    await shoot(page, `full-${place}`);
    assert.equal(await page.locator(".tray li").count(), 10);
    await page.unroute("**/user/file");
    await first.getByRole("button", { name: /^(Try again|重试)$/ }).click();
    await page.locator(".bubble .body.file").nth(9).waitFor();
    assert.equal(await page.locator(".tray li").count(), 0);
  });
}

/** The page of a resident who has been asked for a picture and is about to quote that. */
async function answering() {
  const [doctor, patient] = [
    await Person.login(server, "doctor", "doctor1"),
    await Person.login(server, "user", "resident1"),
  ];
  await doctor.write(patient, "Send me a picture");
  const page = await enter(browser, server, "user", "resident1");
  await openChat(page, "王医生");
  const bubble = page.locator(".bubble", { hasText: "Send me a picture" }).first();
  await bubble.hover();
  await bubble.getByRole("button", { name: "Quote it" }).click();
  return page;
}

test("of a refused picture the caption and what it quotes go with the next", async () => {
  const page = await answering();
  // It is found out only once it is sent.
  await page.evaluate(() => {
    const { decode } = HTMLImageElement.prototype;
    HTMLImageElement.prototype.decode = async function () {
      await new Promise((resolve) => (window.go = resolve));
      HTMLImageElement.prototype.decode = decode;
      return this.decode();
    };
  });
  const large = {
    name: "large.jpg",
    mimeType: "image/jpeg",
    buffer: Buffer.alloc(LARGEST + 1, "\xff\xd8", "latin1"),
  };
  const picker = page.locator(".composer input[type=file][multiple]");
  await picker.setInputFiles(large);
  await page.locator(".tray input.caption").fill("since Monday");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator(".quoting").waitFor({ state: "hidden" });
  await page.waitForFunction(() => window.go);
  await page.evaluate(() => window.go());
  await page.getByText("A file may have 20 MB at most.").waitFor();
  await page.locator(".quoting", { hasText: "Send me a picture" }).waitFor();
  await picker.setInputFiles(await paint(page, "small.png", { colour: "#b4432f" }));
  assert.equal(await page.locator(".tray input.caption").inputValue(), "since Monday");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const sent = page.locator(".bubble .body.image", { hasText: "since Monday" });
  await sent.locator(".quoted", { hasText: "Send me a picture" }).waitFor();
});

test("what a refused picture of several quotes goes with the one behind it", async () => {
  const page = await answering();
  let uploads = 0;
  await page.route("**/user/file", (route) => (uploads++ ? route.continue() : route.abort()));
  const names = ["first.png", "second.png"];
  await attach(page, ...(await Promise.all(names.map((name) => paint(page, name, { colour: "#2f8f4f" })))));
  await page.locator(".bubble .body.image .quoted", { hasText: "Send me a picture" }).waitFor();
  await page.locator(".tray li").getByText("not sent").waitFor();
  assert.equal(await page.locator(".quoting").isVisible(), false);
});
