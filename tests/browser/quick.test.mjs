// Quick to open: what a page costs over a line with a round trip of 150 ms, as a budget of requests and bytes. Times
// are shown and fail nothing, as they are the machine's too, unless `TIMES` is set.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, logIn, server, startServers } from "./stage.mjs";

startServers();

const ROUND_TRIP = 150; // ms
const BANDWIDTH = (10 * 1024 * 1024) / 8; // bytes a second

/** Opens the page over a slow line; what it cost until the list is there. */
async function open(page, go) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const line = {
    offline: false,
    latency: ROUND_TRIP,
    downloadThroughput: BANDWIDTH,
    uploadThroughput: BANDWIDTH,
  };
  await session.send("Network.emulateNetworkConditions", line);
  const cost = { requests: 0, bytes: 0, asked: [] };
  const sent = new Map();
  session.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.fromDiskCache || response.fromServiceWorker || response.url.startsWith("blob:")) return;
    sent.set(requestId, new URL(response.url).pathname);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (!sent.has(requestId) || encodedDataLength === 0) return;
    cost.requests += 1;
    cost.bytes += encodedDataLength;
    cost.asked.push(sent.get(requestId));
  });
  const begun = performance.now();
  await go();
  await page.locator(".line").first().waitFor();
  cost.time = Math.round(performance.now() - begun);
  await page.waitForLoadState("networkidle");
  await session.detach();
  return cost;
}

/** Somebody who is logged in already, in a browser that knows nothing of the page but that. */
async function arrive(role, path, account, serviceWorkers) {
  const context = await browser.newContext({ locale: "en-GB", serviceWorkers });
  const first = await context.newPage();
  await first.goto(server.url + path);
  await logIn(first, account);
  const { cookies } = await context.storageState();
  await context.close();
  const fresh = await browser.newContext({ locale: "en-GB", serviceWorkers });
  await fresh.addCookies(cookies);
  return fresh.newPage();
}

const show = (name, { requests, bytes, time }) =>
  console.log(`# ${name}: ${requests} requests, ${Math.round(bytes / 1024)} KiB, ${time} ms`);

for (const [role, path, account] of [
  ["user", "/resident", "resident1"],
  ["doctor", "/practice", "doctor1"],
]) {
  test(`${path} opens within its budget`, async () => {
    const page = await arrive(role, path, account, "block");
    const cold = await open(page, () => page.goto(server.url + path));
    show(`${path} cold`, cold);
    const warm = await open(page, () => page.reload());
    show(`${path} warm`, warm);
    assert.ok(cold.requests <= 90, `${cold.requests} requests: ${cold.asked}`);
    assert.ok(cold.bytes <= 150 * 1024, `${cold.bytes} bytes`);
    const again = warm.asked.filter((asked) => asked.startsWith("/static/v-"));
    assert.deepEqual(again, [], "what has a version in its address is not asked for again");
    assert.ok(warm.requests <= 14, `${warm.requests} requests: ${warm.asked}`);
    assert.ok(warm.bytes <= 24 * 1024, `${warm.bytes} bytes`);
    if (process.env.TIMES)
      assert.ok(cold.time < 2500 && warm.time < 1000, `${cold.time} ms, ${warm.time} ms`);
    await page.context().close();
  });
}

test("with the service worker, a page comes without a request", async () => {
  const page = await arrive("user", "/resident", "resident1", "allow");
  await page.goto(`${server.url}/resident`);
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
  const kept = await open(page, () => page.reload());
  show("/resident kept", kept);
  assert.deepEqual(
    kept.asked.filter((asked) => asked === "/resident" || asked.startsWith("/static/v-")),
    [],
  );
  await page.context().close();
});
