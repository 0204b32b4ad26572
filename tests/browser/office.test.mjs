// The back office: figures, who is online, making and closing accounts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse, enter, logIn, Server } from "./stage.mjs";

let browser, server;
before(async () => { [browser, server] = [await browse(), await Server.start()]; });
after(async () => { await browser.close(); await server.close(); });

test("the back office sees who is online, and logs somebody out", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const office = await enter(browser, server, "admin", "admin");
  await office.locator("dt", { hasText: "Contracts in force" }).waitFor();
  await office.getByRole("button", { name: "Log 张三 out" }).click();
  await office.locator("dialog button.danger").click();
  await resident.locator("input[name=account]").waitFor();
  await office.context().close();
});

test("a doctor's account is made, used and closed", async () => {
  const office = await enter(browser, server, "admin", "admin");
  await office.getByRole("link", { name: "People" }).click();
  const doctors = office.locator("section", { has: office.getByRole("heading", { name: "Doctors" }) });
  await doctors.getByText("One more").click();
  await doctors.getByLabel("Name", { exact: true }).fill("孙医生");
  await doctors.getByLabel("Login name").fill("doctor4");
  await doctors.getByLabel("Password").fill("jiayi-demo");
  await doctors.getByRole("button", { name: "Make" }).click();
  await doctors.getByRole("cell", { name: "孙医生" }).first().waitFor();
  const doctor = await enter(browser, server, "doctor", "doctor4");
  await doctors.getByRole("button", { name: "Close the account of 孙医生" }).click();
  await office.locator("dialog button.danger").click();
  await doctor.locator("input[name=account]").waitFor();
  await assert.rejects(Promise.race([logIn(doctor, "doctor4"), doctor.locator(".error", { hasText: "wrong" }).waitFor().then(() => { throw new Error("refused"); })]), /refused/);
  for (const page of [office]) assert.deepEqual(page.problems, []);
});
