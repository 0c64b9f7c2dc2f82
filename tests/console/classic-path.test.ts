import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@sluice/cli/place/server-connection.ts";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tgzBundle } from "../installation/bundle.fixture.ts";
import { startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { type Console, startConsole, whyNoConsole } from "./console.fixture.ts";
import { type Hand, keyboard, mouse } from "./hand.fixture.ts";

describe.skipIf(whyNoConsole() !== null)(`the classic path (${whyNoConsole() ?? "in Chromium"})`, () => {
  const undo = new AsyncDisposableStack();
  let console: Console;
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-classic-path-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    console = await startConsole(undo);
    const agent = await startSluiceAgent(console.server, { name: "web-1", tags: ["Env=production"] });
    undo.defer(() => agent.close());
  });
  afterAll(() => undo.disposeAsync());

  it("from an empty console to files on a host, by clicks alone, with the bundle dropped", async () => {
    const visit = await console.visit();
    const { page } = visit;
    await walk(page, mouse(page), "checkout", async (file) => dropFile(page, file));
    await visit.check();
    await visit.close();
  });

  it("the same by keyboard alone", async () => {
    const visit = await console.visit();
    const { page } = visit;
    await walk(page, keyboard(page), "search", async (file) => {
      const chooser = page.waitForEvent("filechooser");
      await keyboard(page).press(page.getByRole("button", { name: "Choose a file" }));
      await (await chooser).setFiles(file);
    });
    await visit.check();
    await visit.close();
  });

  async function walk(page: Page, hand: Hand, application: string, give: (file: string) => Promise<void>) {
    const { press, type, pick } = hand;
    const button = (name: string) => page.getByRole("button", { name, exact: true });
    const link = (name: string) => page.getByRole("link", { name, exact: true });

    await press(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Applications" }));
    await press(button("Create application").first());
    const dialog = page.getByRole("dialog", { name: "Create application" });
    await type(dialog.getByRole("textbox", { name: "Name" }), application);
    await press(dialog.getByRole("button", { name: "Create application" }));

    await press(link("Create deployment group").first());
    await type(page.getByRole("textbox", { name: "Name" }), "production");
    const instances = page.getByRole("group", { name: "Instances", exact: true });
    await press(instances.getByRole("button", { name: "Add a tag" }));
    await pick(instances.getByRole("combobox", { name: "Key of tag 1" }), "Env");
    await pick(instances.getByRole("combobox", { name: "Value of tag 1" }), "production");
    await countsLive(page);
    await press(button("Create group"));

    await press(link("Deploy").first());
    const file = join(directory, `${application}-1.0.0.tgz`);
    const destination = join(directory, application);
    writeFileSync(file, bundleOf(application, destination));
    await give(file);
    await page.getByText(`${application}-1.0.0.tgz ·`).waitFor();
    await press(button("Review"));

    await page.getByText("It can start, and succeeds if its scripts do.").waitFor();
    await page.getByText("web-1").first().waitFor();
    await press(button("Deploy"));

    await page.waitForURL(/\/-\/deployments\/d-/);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByText("Succeeded", { exact: true }).first().waitFor();
    expect(readFileSync(join(destination, "release.txt"), "utf8")).toBe(application);
    await hand.openTab("Logs");
    await page.getByText(`${application} is started`, { exact: true }).first().waitFor();
  }

  /** A host that comes with the same tag, and goes. */
  async function countsLive(page: Page) {
    const count = page.getByRole("status").filter({ hasText: /host/ }).filter({ visible: true });
    await count.filter({ hasText: /^1 host matches$/ }).waitFor();
    using connection = connect({ data: console.server.data });
    const tags = [{ Key: "Env", Value: "production" }];
    const { host } = await connection.sluice.call("DeclareHost", { hostName: "web-2", tags });
    await count.filter({ hasText: /^2 hosts match/ }).waitFor();
    await connection.sluice.call("RemoveHost", { host: host.hostId });
    await count.filter({ hasText: /^1 host matches$/ }).waitFor();
  }
});

function bundleOf(application: string, destination: string): Buffer {
  const appSpec = `version: 0.0
os: linux
files:
  - source: release.txt
    destination: ${destination}
hooks:
  ApplicationStart:
    - location: start.sh
`;
  return tgzBundle(appSpec, {
    "release.txt": application,
    "start.sh": `#!/bin/sh\necho "${application} is started"\n`,
  });
}

/** As from a folder of the machine: the browser itself makes the DataTransfer. */
async function dropFile(page: Page, file: string): Promise<void> {
  const box = await page.getByText("Drop a zip, tgz or tar here").boundingBox();
  if (box === null) throw new Error("there is nothing to drop on");
  const session = await page.context().newCDPSession(page);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", {
      type,
      ...at,
      data: { items: [], files: [file], dragOperationsMask: 1 },
    });
  await session.detach();
}
