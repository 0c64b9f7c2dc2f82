import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hooksAppSpec, tgzBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import type { Visit } from "./browser.fixture.ts";
import { type Console, startConsole, whyNoConsole } from "./console.fixture.ts";

const why = whyNoConsole();
/** Printed before the server is killed, while it is away, and after. */
const LINES = 60;

describe.skipIf(why !== null)(`a server that is killed while somebody watches (${why ?? "in Chromium"})`, () => {
  const undo = new AsyncDisposableStack();
  const folder = new RecordingFolder();
  let console: Console;
  let codeDeploy: CodeDeploy;
  let visit: Visit;

  beforeAll(async () => {
    undo.defer(() => folder.remove());
    console = await startConsole(undo);
    const environment = { HOST_FOLDER: folder.path };
    const agent = await startSluiceAgent(console.server, { name: "web-1", tags: ["Fleet=web"], environment });
    undo.defer(() => agent.close());
    codeDeploy = await CodeDeploy.begin(console.server);
    undo.defer(() => codeDeploy.close());
    await codeDeploy.createGroup({ group: "production", fleet: "web" });
    visit = await console.visit({
      // The server is away for a while.
      isExpected: (trouble) =>
        /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/.test(trouble),
    });
  });
  afterAll(() => undo.disposeAsync());

  it("the page says that it is offline, comes back by itself, and has every line once", async () => {
    const { page } = visit;
    folder.hold("one");
    folder.hold("two");
    const deploymentId = await codeDeploy.deploy("production", await codeDeploy.put(bundle()));
    await page.goto(`${console.server.url()}/-/deployments/${deploymentId}?tab=logs`);
    const lines = page.locator("[data-text]").filter({ hasText: /^line \d+$/ });
    await lines.filter({ hasText: /^line 20$/ }).waitFor();

    await console.server.kill();
    folder.release("one");
    await page.getByText("The server does not answer.").waitFor();
    await page.getByRole("status").filter({ hasText: "Offline" }).first().waitFor();
    // What was there stays to be read.
    expect(await lines.filter({ hasText: /^line 20$/ }).count()).toBe(1);

    await console.server.start();
    await page.getByRole("status").filter({ hasText: "Live" }).first().waitFor();
    await lines.filter({ hasText: /^line 40$/ }).waitFor();
    folder.release("two");
    await page.getByRole("main").getByText("Succeeded", { exact: true }).first().waitFor();
    await lines.filter({ hasText: `line ${LINES}` }).waitFor();
    expect(await page.getByText("The server does not answer.").count()).toBe(0);

    // Those in sight are a part: what the page has is what it saves.
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    const saved = await textOf(await (await download).createReadStream());
    const numbers = [...saved.matchAll(/line (\d+)$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: LINES }, (_, index) => index + 1));
    expect(await shownNumbers()).toEqual(Array.from({ length: LINES }, (_, index) => index + 1));
    await visit.check();
  });

  /** By scrolling through all of it. */
  async function shownNumbers(): Promise<readonly number[]> {
    const { page } = visit;
    const seen = new Map<string, number>();
    const collect = async () => {
      const rows = await page
        .locator("[data-text]")
        .evaluateAll((found) =>
          found.map(
            (text) =>
              [
                text.previousElementSibling?.textContent ?? text.parentElement?.querySelector("a")?.textContent ?? "",
                text.textContent ?? "",
              ] as const,
          ),
        );
      for (const [at, text] of rows) {
        const number = /^line (\d+)$/.exec(text)?.[1];
        if (number !== undefined) seen.set(`${at} ${text}`, Number(number));
      }
    };
    await page.keyboard.press("Home");
    await collect();
    for (let tries = 0; seen.size < LINES && tries < 50; tries += 1) {
      await page.locator("[data-text]").first().hover();
      await page.mouse.wheel(0, tries < 25 ? -400 : 400);
      await collect();
    }
    return [...seen.values()].sort((one, other) => one - other);
  }
});

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.toString();
  return text;
}

function bundle(): Buffer {
  const print = (from: number, to: number) =>
    `n=${from}; while [ $n -le ${to} ]; do echo "line $n"; n=$((n + 1)); done\n`;
  const wait = (name: string) => `while [ -e "$HOST_FOLDER/hold/${name}" ]; do sleep 0.1; done\n`;
  const script = ["#!/bin/sh\n", print(1, 20), wait("one"), print(21, 40), wait("two"), print(41, LINES)].join("");
  return tgzBundle(hooksAppSpec({ AfterInstall: "print.sh" }), { "print.sh": script });
}
