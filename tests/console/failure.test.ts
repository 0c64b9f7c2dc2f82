import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateDeploymentCommand,
  UpdateDeploymentGroupCommand,
  type UpdateDeploymentGroupCommandInput,
} from "@aws-sdk/client-codedeploy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HaproxyProcess, whyNoHaproxy } from "../haproxy/haproxy-process.fixture.ts";
import { WebHost } from "../haproxy/web-host.fixture.ts";
import { HOOK_EVENTS, hooksAppSpec, tgzBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import type { Visit } from "./browser.fixture.ts";
import { type Console, startConsole, whyNoConsole } from "./console.fixture.ts";

const GROUP = "production";
const BACKEND = "web";
const FAULT = "psql: relation carts_v2 does not exist";
const why = whyNoConsole();

describe.skipIf(why !== null)(`what goes wrong, and what a person does about it (${why ?? "in Chromium"})`, () => {
  const undo = new AsyncDisposableStack();
  const folders = { blue: new RecordingFolder(), green: new RecordingFolder() };
  let console: Console;
  let codeDeploy: CodeDeploy;
  let visit: Visit;
  /** The newest that succeeded, and the one before it. */
  let first: string;
  let second: string;

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), "sluice-console-failure-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    for (const folder of Object.values(folders)) undo.defer(() => folder.remove());
    console = await startConsole(undo, { args: await withBalancer(directory) });
    for (const fleet of ["blue", "green"] as const) {
      const environment = { HOST_FOLDER: folders[fleet].path };
      const agent = await startSluiceAgent(console.server, {
        name: `${fleet}-1`,
        tags: [`Fleet=${fleet}`],
        environment,
      });
      undo.defer(() => agent.close());
    }
    codeDeploy = await CodeDeploy.begin(console.server);
    undo.defer(() => codeDeploy.close());
    await codeDeploy.createGroup({ group: GROUP, fleet: "blue" });
    first = await deployed("1.0.0", "Succeeded");
    second = await deployed("1.1.0", "Succeeded");
    visit = await console.visit();
  });
  afterAll(() => undo.disposeAsync());

  it("a failed deployment is found, and its log read at the line that says why, in three clicks", async () => {
    const failed = await deployed("1.2.0", "Failed", `#!/bin/sh\necho "migrating"\necho "${FAULT}" >&2\nexit 3\n`);
    const { page } = visit;
    await page.evaluate(COUNT_CLICKS);
    await page.getByRole("link", { name: `Failed: ${failed}` }).click();
    await page.getByRole("tab", { name: "Failures" }).click();
    await page.getByRole("link", { name: "Open the log" }).click();
    const line = page.locator("[data-text]").filter({ hasText: FAULT });
    await line.waitFor();
    expect(await line.isVisible()).toBe(true);
    expect(await page.evaluate("globalThis.clicks")).toBe(3);
    await visit.check();
  });

  it("stops, and keeps the reason", async () => {
    folders.blue.hold("AfterInstall");
    const stopped = await codeDeploy.deploy(GROUP, await revision("1.3.0"));
    await open(stopped);
    await act("Stop …", "Stop", "The wrong ticket was merged");
    folders.blue.releaseAll();
    await hasStatus("Stopped");
    await hasReason("Stop requested", "The wrong ticket was merged");
    // It is the server's, not the page's.
    await visit.page.reload();
    await hasReason("Stop requested", "The wrong ticket was merged");
    await visit.check();
  });

  it("stops and rolls back, keeps the reason, and leads to the rollback and back", async () => {
    folders.blue.hold("AfterInstall");
    const stopped = await codeDeploy.deploy(GROUP, await revision("1.4.0"));
    await open(stopped);
    await act("Stop and roll back …", "Stop and roll back", "Carts are lost");
    folders.blue.releaseAll();
    await hasStatus("Stopped");
    await hasReason("Stop and rollback requested", "Carts are lost");
    const { rollbackInfo } = await until("the rollback", async () => {
      const info = await codeDeploy.deployment(stopped);
      return info.rollbackInfo?.rollbackDeploymentId !== undefined && info;
    });
    const rollback = rollbackInfo?.rollbackDeploymentId ?? "";
    const { page } = visit;
    await page.getByRole("link", { name: rollback }).first().click();
    await page.waitForURL(`**/-/deployments/${rollback}*`);
    await hasStatus("Succeeded");
    await page.getByRole("link", { name: stopped }).first().waitFor();
    await visit.check();
  });

  it("rolls back to an earlier revision, with the difference before and the reason after", async () => {
    const { page } = visit;
    await open(second);
    await page.getByRole("button", { name: "Roll back …" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /Deploy again/ }).click();
    await page.getByRole("option").filter({ hasText: first }).click();
    const files = dialog
      .getByRole("grid", { name: "Files that differ" })
      .or(dialog.getByRole("table", { name: "Files that differ" }));
    await files.getByText("release-1.1.0.txt").waitFor();
    await files.getByText("release-1.0.0.txt").waitFor();
    await dialog.getByRole("textbox", { name: "Reason" }).fill("Prices are wrong since 1.1.0");
    await dialog.getByRole("button", { name: /^Roll back to/ }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(second));
    await hasStatus("Succeeded");
    await hasReason("Created", "Prices are wrong since 1.1.0");
    const back = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    const { revision: now } = await codeDeploy.deployment(back);
    expect(now).toEqual((await codeDeploy.deployment(first)).revision);
    await open(second);
    await hasReason("Rollback requested", "Prices are wrong since 1.1.0");
    await visit.check();
  });

  it.skipIf(whyNoHaproxy() !== null)("lets a blue/green deployment that is ready continue", async () => {
    await codeDeploy.client.send(new UpdateDeploymentGroupCommand(BLUE_GREEN));
    const { deploymentId = "" } = await codeDeploy.client.send(
      new CreateDeploymentCommand({
        applicationName: codeDeploy.application,
        deploymentGroupName: GROUP,
        revision: await revision("2.0.0"),
        targetInstances: { tagFilters: [{ Key: "Fleet", Value: "green", Type: "KEY_AND_VALUE" }] },
      }),
    );
    await open(deploymentId);
    await hasStatus("Ready");
    await act("Continue", "Continue", "Looked at green-1 by hand");
    await hasStatus("Succeeded");
    await hasReason("Continued", "Looked at green-1 by hand");
    await visit.check();
  });

  async function revision(version: string, afterInstall?: string) {
    return codeDeploy.put(bundleOf(version, afterInstall));
  }

  async function deployed(version: string, status: string, afterInstall?: string): Promise<string> {
    const deploymentId = await codeDeploy.deploy(GROUP, await revision(version, afterInstall));
    const info = await codeDeploy.end(deploymentId);
    expect(`${info.status} ${info.errorInformation?.message ?? ""}`).toContain(status);
    return deploymentId;
  }

  async function open(deploymentId: string): Promise<void> {
    await visit.page.goto(`${console.server.url()}/-/deployments/${deploymentId}`);
  }

  /** A button of the page, then what it says in its dialog, the reason, and the button that does it. */
  async function act(opens: string, does: string, reason: string): Promise<void> {
    const { page } = visit;
    await page.getByRole("button", { name: opens, exact: true }).click();
    const dialog = page.getByRole("dialog");
    const button = dialog.getByRole("button", { name: does, exact: true });
    await expect.poll(() => button.getAttribute("aria-disabled")).toBe("true");
    await dialog.getByRole("textbox", { name: "Reason" }).fill(reason);
    await button.click();
    await dialog.waitFor({ state: "detached" });
  }

  async function hasStatus(status: string): Promise<void> {
    await visit.page.getByRole("main").getByText(status, { exact: true }).first().waitFor();
  }

  async function hasReason(done: string, reason: string): Promise<void> {
    const reasons = visit.page.getByRole("region", { name: "Reasons" });
    await reasons.getByRole("listitem").filter({ hasText: done }).getByText(`“${reason}”`).waitFor();
  }

  /** Arguments of a server that moves traffic at a HAProxy of the test's own; none where there is no HAProxy. */
  async function withBalancer(directory: string): Promise<readonly string[]> {
    if (whyNoHaproxy() !== null) return [];
    const web = new WebHost("web");
    await web.start();
    undo.defer(() => web.stop());
    const servers = ["blue-1", "green-1"].map((name) => ({ name, port: web.port }));
    const haproxy = await HaproxyProcess.start({ backends: { [BACKEND]: servers } });
    undo.defer(() => haproxy.stop());
    const settings = { sockets: haproxy.socket, drainSeconds: 1 };
    const file = join(directory, "sluice.yml");
    const binding = { match: BACKEND, port: "traffic-router", driver: "haproxy", settings };
    writeFileSync(file, JSON.stringify({ bindings: [binding] }));
    return ["--config", file];
  }
});

const BLUE_GREEN: UpdateDeploymentGroupCommandInput = {
  applicationName: "web",
  currentDeploymentGroupName: GROUP,
  deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  loadBalancerInfo: { targetGroupInfoList: [{ name: BACKEND }] },
  blueGreenDeploymentConfiguration: {
    deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 60 },
    greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
    terminateBlueInstancesOnDeploymentSuccess: { action: "KEEP_ALIVE" },
  },
};

const COUNT_CLICKS = `globalThis.clicks = 0; addEventListener("click", () => { clicks += 1; }, true);`;

/** Its AfterInstall waits for as long as the host's folder says, or does what is given. */
function bundleOf(version: string, afterInstall?: string): Buffer {
  const wait = `#!/bin/sh
echo "$LIFECYCLE_EVENT of ${version}"
while [ -e "$HOST_FOLDER/hold/$LIFECYCLE_EVENT" ]; do sleep 0.1; done
`;
  const hooks = Object.fromEntries(HOOK_EVENTS.slice(1, 3).map((event) => [event, `${event}.sh`]));
  return tgzBundle(hooksAppSpec(hooks), {
    "BeforeInstall.sh": wait,
    "AfterInstall.sh": afterInstall ?? wait,
    [`release-${version}.txt`]: version,
  });
}
