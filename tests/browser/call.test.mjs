// Real calls between two pages with fake cameras: media flows, directly and through a relay, and
// every way in which a call ends.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, Server } from "./server.mjs";
import { browse, browseApart, enter, openChat } from "./stage.mjs";

const SECRET = "north";
let browser, relay, relayPort, folder;

before(async () => {
  browser = await browse();
  relayPort = await freePort();
  folder = mkdtempSync(join(tmpdir(), "jiayi-relay-"));
  relay = spawn(
    "turnserver",
    [
      "-n",
      "--use-auth-secret",
      `--static-auth-secret=${SECRET}`,
      "--realm=jiayi",
      "--listening-ip=127.0.0.1",
      "--relay-ip=127.0.0.1",
      `--listening-port=${relayPort}`,
      "--allow-loopback-peers",
      "--cli-password=unused",
      "--no-tls",
      "--no-dtls",
      "--log-file=stdout",
      `--pidfile=${folder}/pid`,
      `--db=${folder}/db`,
    ],
    { stdio: "ignore" },
  );
});
after(async () => {
  await browser.close();
  relay.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Peers and sockets of a page, for the test to look at; and what the test wants of them. */
function watch({ relayed }) {
  window.peers = [];
  window.sockets = [];
  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(options) {
      super(relayed ? { ...options, iceTransportPolicy: "relay" } : options);
      window.peers.push(this);
    }
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      window.sockets.push(this);
    }
  };
}

/** Resident1 and doctor1, each with the other's conversation open. */
async function pair(settings = {}, { relayed = false, apart = false } = {}) {
  const server = await Server.start(settings);
  const other = apart ? await browseApart() : null;
  const doctor = await enter(browser, server, "doctor", "doctor1");
  const resident = await enter(other?.browser ?? browser, server, "user", "resident1");
  for (const page of [doctor, resident]) {
    await page.addInitScript(watch, { relayed });
    await page.reload();
    await page.locator(".frame").waitFor();
  }
  await openChat(doctor, "张三");
  await openChat(resident, "王医生");
  const close = async () => {
    for (const page of [doctor, ...(other ? [] : [resident])]) {
      assert.deepEqual(page.problems, []);
      await page.context().close();
    }
    await other?.kill();
    await server.close();
  };
  return { server, doctor, resident, close, kill: () => other.kill() };
}

const ring = (page) => page.getByRole("button", { name: "Video call" }).click();
const accept = (page) => page.getByRole("button", { name: "Accept the call" }).click();
const active = (page) => page.locator("dialog.call[data-state=active]").waitFor();

/** How many frames of the other end a page has decoded. */
const frames = (page) =>
  page.evaluate(async () => {
    const stats = [...(await window.peers.at(-1).getStats()).values()];
    return stats.find(({ type, kind }) => type === "inbound-rtp" && kind === "video")?.framesDecoded ?? 0;
  });

async function assertFramesRise(page) {
  const before = await frames(page);
  for (let tries = 0; tries < 40; tries++) {
    if ((await frames(page)) > before + 10) return;
    await page.waitForTimeout(250);
  }
  assert.fail(`no more than ${await frames(page)} frames`);
}

test("a call carries pictures both ways until one hangs up", async () => {
  const { doctor, resident, close } = await pair();
  await ring(resident);
  await doctor.getByText("is calling you").waitFor();
  await accept(doctor);
  for (const page of [resident, doctor]) await active(page);
  for (const page of [resident, doctor]) await assertFramesRise(page);

  await resident.getByRole("button", { name: "Camera", exact: true }).click();
  assert.equal(
    await resident.getByRole("button", { name: "Camera", exact: true }).getAttribute("aria-pressed"),
    "false",
  );
  await resident.getByRole("button", { name: "Camera", exact: true }).click();
  await doctor.getByRole("button", { name: "Hang up" }).click();
  await resident.getByText("The call is over.").waitFor();
  for (const page of [resident, doctor]) await page.locator(".told", { hasText: "Video call" }).waitFor();
  await close();
});

test("a connection that is lost for a moment does not end the call", async () => {
  const { doctor, resident, close } = await pair({ JIAYI_CALL__GRACE_SECONDS: "3" });
  await ring(doctor);
  await accept(resident);
  for (const page of [resident, doctor]) await active(page);
  await resident.evaluate(() => window.sockets.at(-1).close());
  await resident.waitForTimeout(5_000); // longer than the grace
  for (const page of [resident, doctor]) {
    await active(page);
    await assertFramesRise(page);
  }
  await close();
});

test("a page that is killed ends the call for the other after the grace", async () => {
  const { doctor, resident, close, kill } = await pair({ JIAYI_CALL__GRACE_SECONDS: "2" }, { apart: true });
  await ring(doctor);
  await accept(resident);
  await active(doctor);
  await kill();
  await doctor.getByText("The other end has gone offline.").waitFor();
  await close();
});

test("a call may be declined, cancelled, or not answered", async () => {
  const { doctor, resident, close } = await pair({ JIAYI_CALL__RING_SECONDS: "3" });
  await ring(resident);
  await doctor.getByRole("button", { name: "Decline" }).click();
  await resident.getByText("The call was declined.").waitFor();
  await ring(doctor);
  await resident.getByText("is calling you").waitFor();
  await doctor.getByRole("button", { name: "Hang up" }).click();
  await resident.locator("dialog.call").waitFor({ state: "detached" });
  await ring(resident);
  await resident.getByText("Nobody answered.").waitFor();
  await doctor.locator("dialog.call").waitFor({ state: "detached" });
  await close();
});

test("another tab stops ringing when one accepts", async () => {
  const { server, doctor, resident, close } = await pair();
  const tab = await doctor.context().newPage();
  await tab.goto(`${server.url}/practice`);
  await tab.locator(".frame").waitFor();
  await ring(resident);
  for (const page of [doctor, tab]) await page.getByText("is calling you").waitFor();
  await accept(tab);
  await active(resident);
  await doctor.locator("dialog.call").waitFor({ state: "detached" });
  await close();
});

const relayed = (seconds) => ({
  JIAYI_CALL__TURN: `turn:127.0.0.1:${relayPort}?transport=udp`,
  JIAYI_CALL__TURN_SECRET: SECRET,
  JIAYI_CALL__TURN_SECONDS: String(seconds),
});

test("a call goes through the relay with our credentials", async () => {
  const { doctor, resident, close } = await pair(relayed(600), { relayed: true });
  await ring(resident);
  await accept(doctor);
  for (const page of [resident, doctor]) await active(page);
  for (const page of [resident, doctor]) await assertFramesRise(page);
  await close();
});

test("expired credentials give no connection", async () => {
  const { doctor, resident, close } = await pair(relayed(1), { relayed: true });
  await ring(resident);
  await doctor.getByText("is calling you").waitFor();
  await doctor.waitForTimeout(2_500);
  await accept(doctor);
  await resident.waitForTimeout(5_000);
  assert.equal(await frames(resident), 0);
  assert.equal(await resident.locator("dialog.call[data-state=active]").count(), 0);
  await close();
});
