import { afterEach, describe, expect, it } from "vitest";
import type { SimulatedHosts } from "../../bench/simulated-hosts.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { anyRevision, endOf, outcomeOf, startFleet } from "./heard-fleet.fixture.ts";

/** Of each of three groups. The full size is 1,000. */
const HOSTS = Number(process.env.SLUICE_HEARING_HOSTS ?? 30);
const FLEETS = ["one", "two", "three"];
/** Into the deployment: most hosts are at work by then. */
const KILL_AFTER_MILLISECONDS = 1_000;

/** Proves nothing about speed: it ends what hangs. */
const HANGS_AFTER_MILLISECONDS = Number(process.env.SLUICE_HEARING_HANGS_AFTER ?? 600_000);

describe(`three fleets of ${HOSTS} hosts`, { timeout: HANGS_AFTER_MILLISECONDS }, () => {
  const ending: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
  });

  async function begin(): Promise<{ server: SluiceServer; codeDeploy: CodeDeploy; fleets: SimulatedHosts[] }> {
    const server = await startSluiceServer();
    ending.push(() => server.close());
    const codeDeploy = await CodeDeploy.begin(server);
    ending.push(() => codeDeploy.close());
    const fleets: SimulatedHosts[] = [];
    for (const fleet of FLEETS) {
      const hosts = await startFleet(server, codeDeploy, { fleet, hosts: HOSTS });
      ending.push(() => hosts.close());
      fleets.push(hosts);
    }
    return { server, codeDeploy, fleets };
  }

  async function say(fleets: readonly SimulatedHosts[], since: number): Promise<void> {
    const counts = await Promise.all(fleets.map((hosts) => hosts.count()));
    const late = counts.reduce((sum, { lateHeartbeats }) => sum + lateHeartbeats, 0);
    const repeated = counts.reduce((sum, { failures }) => sum + failures, 0);
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    console.log(`${seconds} s; ${repeated} calls repeated, ${late} of them heartbeats`);
  }

  it("are deployed to at once, and none is called silent", async () => {
    const { codeDeploy, fleets } = await begin();
    const revision = await anyRevision(codeDeploy);
    const since = performance.now();
    const ids = await Promise.all(FLEETS.map((fleet) => codeDeploy.deploy(fleet, revision)));
    const ends = await Promise.all(ids.map((id) => endOf(codeDeploy, id)));
    await say(fleets, since);
    for (const end of ends) expect(outcomeOf(end)).toBe(`Succeeded: ${HOSTS} Succeeded `);
  });

  it("are connected while the server is killed in the middle of a deployment to one of them, and none is called silent", async () => {
    const { server, codeDeploy, fleets } = await begin();
    const revision = await anyRevision(codeDeploy);
    const since = performance.now();
    const id = await codeDeploy.deploy("one", revision);
    await new Promise((resolve) => setTimeout(resolve, KILL_AFTER_MILLISECONDS));
    await server.kill();
    await server.start();
    const end = await endOf(codeDeploy, id);
    await say(fleets, since);
    expect(outcomeOf(end)).toBe(`Succeeded: ${HOSTS} Succeeded `);
  });
});
