import { type DeploymentInfo, type InstanceTarget, StopDeploymentCommand } from "@aws-sdk/client-codedeploy";
import { ALLOW_EVENTS, BLOCK_EVENTS, IN_PLACE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventOf } from "../installation/code-deploy.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { BLUE, GREEN, Shop, taggedWith, whyNoShop } from "./shop.fixture.ts";
import { Load } from "./steady-load.fixture.ts";

/** How many requests the client sends at least while hosts come and go. */
const REQUESTS = Number(process.env.SLUICE_LOAD_REQUESTS ?? 20_000);
/** Enough to meet every server that is up several times over. */
const SAMPLE = 200;
const SLOW_MILLISECONDS = 500;
/** Longer than the pause between the end of a drain that does not wait and the hook that kills the application. */
const VERY_SLOW_MILLISECONDS = 5_000;
/** For a host that never becomes healthy; the others take as long as they take. */
const HEALTHY_SECONDS = 8;
const TIME_LIMIT_MILLISECONDS = 180_000 + REQUESTS * 5;

const missing = await whyNoShop();

describe("rollouts behind HAProxy under a steady load", { timeout: TIME_LIMIT_MILLISECONDS }, () => {
  const undo = new AsyncDisposableStack();
  let shop: Shop;
  let load: Load | undefined;
  let builds = 0;
  const nextVersion = () => `v${++builds}`;
  /** What the hosts run, whatever was tried and undone. */
  let current = "";

  beforeAll(async () => {
    if (missing !== null) return;
    shop = await Shop.open(undo);
    await shop.bind({ drainSeconds: 60 });
    current = nextVersion();
    const everywhere = await shop.deploy({ version: current }, { deploymentConfigName: "CodeDeployDefault.AllAtOnce" });
    expect(everywhere, describeEnd(everywhere)).toMatchObject({ status: "Succeeded" });
  });
  beforeEach((context) => context.skip(missing !== null, missing ?? ""));
  afterEach(() => load?.kill());
  afterAll(() => undo.disposeAsync());

  async function rolledOutInPlace(): Promise<void> {
    const version = nextVersion();
    expect(await load?.versions(SAMPLE)).toEqual([current]);
    await shop.changeGroup({
      ec2TagFilters: [taggedWith("Web")],
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    });
    let deploymentId = "";
    const fewest = await shop.fewestServing(async () => {
      deploymentId = await shop.begin({ version });
      const ended = await shop.codeDeploy.end(deploymentId);
      expect(ended, describeEnd(ended)).toMatchObject({ status: "Succeeded" });
    });
    expect(fewest).toBe(3);
    expect(await load?.versions(SAMPLE)).toEqual([version]);
    current = version;

    const targets = await shop.codeDeploy.targets(deploymentId);
    expect(targets).toHaveLength(4);
    for (const target of targets) {
      expectEventsInOrder(target, [...BLOCK_EVENTS, ...IN_PLACE_EVENTS, ...ALLOW_EVENTS]);
      expect(target.lifecycleEvents).toHaveLength(13);
      expect(eventOf(target, "BlockTraffic").diagnostics).toMatchObject({
        errorCode: "Success",
        message: "Succeeded",
      });
    }
    const spans = targets.map(spanOf).sort((one, other) => one.start - other.start);
    for (const [index, { start }] of spans.entries())
      if (index > 0) expect(start).toBeGreaterThanOrEqual(spans[index - 1]!.end);
  }

  async function movedToGreenAndBack(): Promise<void> {
    const version = nextVersion();
    await shop.changeGroup({
      ec2TagFilters: [taggedWith("Blue")],
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 30 },
        greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 60 },
      },
    });
    const deploymentId = await shop.begin({ version }, { targetInstances: { tagFilters: [taggedWith("Green")] } });
    await until("the wait for leave", async () => {
      const info = await shop.codeDeploy.deployment(deploymentId);
      expect(info.completeTime, describeEnd(info)).toBeUndefined();
      return info.status === "Ready";
    });
    // The replacements run the new version and pass the balancer's checks, and nobody is sent to them.
    expect(await load?.versions(SAMPLE)).toEqual([current]);
    expect(await shop.serving()).toEqual(BLUE);
    await shop.server.sluice("continue", deploymentId);
    await until("the termination wait", async () => {
      const info = await shop.codeDeploy.deployment(deploymentId);
      expect(info.completeTime, describeEnd(info)).toBeUndefined();
      return info.instanceTerminationWaitTimeStarted;
    });
    expect(await load?.versions(SAMPLE)).toEqual([version]);
    expect(await shop.serving()).toEqual(GREEN);
    const targets = await shop.codeDeploy.targets(deploymentId);
    const labelled = (label: string) => targets.filter(({ instanceLabel }) => instanceLabel === label);
    expect(labelled("Green").map(({ targetId }) => targetId)).toEqual(GREEN.map((name) => shop.hostId(name)));
    for (const target of labelled("Green")) {
      expectEventsInOrder(target, [...IN_PLACE_EVENTS, ...ALLOW_EVENTS]);
      expect(target.lifecycleEvents).toHaveLength(10);
    }
    for (const target of labelled("Blue")) {
      expectEventsInOrder(target, BLOCK_EVENTS);
      expect(target.lifecycleEvents).toHaveLength(3);
      const served = Math.max(...labelled("Green").map((green) => spanOf(green).end));
      expect(spanOf(target).start).toBeGreaterThanOrEqual(served);
    }
    expect(labelled("Blue")).toHaveLength(2);

    await shop.codeDeploy.client.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
    const stopped = await shop.codeDeploy.end(deploymentId);
    expect(stopped.status).toBe("Stopped");
    const rollback = await shop.codeDeploy.end(stopped.rollbackInfo?.rollbackDeploymentId ?? "");
    expect(rollback, describeEnd(rollback)).toMatchObject({
      status: "Succeeded",
      rollbackInfo: { rollbackTriggeringDeploymentId: deploymentId },
    });
    expect(await load?.versions(SAMPLE)).toEqual([current]);
    expect(await shop.serving()).toEqual(BLUE);
    expect(await adminStates()).toEqual({ "host-1": "ready", "host-2": "ready", "host-3": "maint", "host-4": "maint" });
    for (const target of await shop.codeDeploy.targets(rollback.deploymentId ?? "")) {
      expectEventsInOrder(target, target.instanceLabel === "Blue" ? ALLOW_EVENTS : BLOCK_EVENTS);
    }
  }

  /** The replacement hosts join the others with the revision that these run. */
  async function broughtGreenBackIn(): Promise<void> {
    await shop.changeGroup({
      ec2TagFilters: [taggedWith("Green")],
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    });
    const ended = await shop.deploy({ version: current }, { deploymentConfigName: "CodeDeployDefault.AllAtOnce" });
    expect(ended, describeEnd(ended)).toMatchObject({ status: "Succeeded" });
    expect(await adminStates()).toEqual({ "host-1": "ready", "host-2": "ready", "host-3": "ready", "host-4": "ready" });
  }

  async function adminStates(): Promise<Record<string, string>> {
    const states = await shop.servers();
    return Object.fromEntries(
      states.map(({ server, isForcedMaintenance, isForcedDrain }) => [
        server,
        isForcedMaintenance ? "maint" : isForcedDrain ? "drain" : "ready",
      ]),
    );
  }

  it(`loses none of ${REQUESTS} requests to deployments in place, between two fleets and back`, async () => {
    load = new Load({ port: shop.haproxy.port, slowMilliseconds: SLOW_MILLISECONDS });
    let rounds = 0;
    for (let answered = 0; answered < REQUESTS; rounds++) {
      await rolledOutInPlace();
      await movedToGreenAndBack();
      await broughtGreenBackIn();
      const { succeeded, failed, failures } = await load.snapshot();
      expect(failures).toEqual({});
      answered = succeeded + failed;
    }
    const { succeeded, failed, failures, versions } = await load.end();
    expect(failures).toEqual({});
    expect(failed).toBe(0);
    expect(succeeded).toBeGreaterThanOrEqual(REQUESTS);
    console.log(`${succeeded} requests in ${rounds} rounds, ${failed} failed; by version ${JSON.stringify(versions)}`);
  });

  it("fails AllowTraffic of a host that HAProxy finds sick, with HAProxy's reason, and the others serve on", async () => {
    await shop.bind({ drainSeconds: 60, healthySeconds: HEALTHY_SECONDS });
    load = new Load({ port: shop.haproxy.port, slowMilliseconds: SLOW_MILLISECONDS });
    await shop.changeGroup({
      ec2TagFilters: [taggedWith("Web")],
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    });
    const deploymentId = await shop.begin({ version: nextVersion(), checkStatus: 500 });
    const ended = await shop.codeDeploy.end(deploymentId);
    expect(ended, describeEnd(ended)).toMatchObject({ status: "Failed" });
    const targets = await shop.codeDeploy.targets(deploymentId);
    const sick = targets.find(({ status }) => status === "Failed");
    expect(targets.map(({ status }) => status).sort()).toEqual(["Failed", "Skipped", "Skipped", "Skipped"]);
    const name = shop.hosts.find(({ id }) => id === sick?.targetId)!.name;
    const reason = `${name} of ${shop.haproxy.socket}: not healthy within ${HEALTHY_SECONDS} s (healthySeconds): DOWN`;
    const { diagnostics } = eventOf(sick!, "AllowTraffic");
    expect(diagnostics?.errorCode).toBe("UnknownError");
    expect(diagnostics?.message).toContain(reason);
    expect(diagnostics?.message).toContain("Layer7 wrong status (L7STS 500)");
    expect(ended.errorInformation?.message).toContain(reason);
    expect((await shop.codeDeploy.deployment(deploymentId)).deploymentStatusMessages).toContainEqual(
      expect.stringMatching(new RegExp(`Registering with the load balancer, .* \\(see AllowTraffic\\): ${name} `)),
    );
    expect(await load.versions(SAMPLE)).toEqual([current]);
    expect(await shop.serving()).toEqual([...BLUE, ...GREEN].filter((host) => host !== name));
    expect((await load.end()).failures).toEqual({});

    // A host that is well gets all the time that a busy machine needs.
    await shop.bind({ drainSeconds: 60 });
    const cured = await shop.deploy({ version: current });
    expect(cured, describeEnd(cured)).toMatchObject({ status: "Succeeded" });
    expect(await shop.serving()).toEqual([...BLUE, ...GREEN]);
  });

  it("loses requests when draining is switched off, which is what the test above would show", async () => {
    await shop.bind({ drainSeconds: 0 });
    load = new Load({ port: shop.haproxy.port, slowMilliseconds: VERY_SLOW_MILLISECONDS });
    await load.advance(SAMPLE);
    const deploymentId = await shop.begin({ version: nextVersion() });
    const ended = await shop.codeDeploy.end(deploymentId);
    expect(ended, describeEnd(ended)).toMatchObject({ status: "Succeeded" });
    const said = (await shop.codeDeploy.targets(deploymentId)).map(
      (target) => eventOf(target, "BlockTraffic").diagnostics?.message,
    );
    expect(said).toContainEqual(expect.stringMatching(/sessions? open when the drain time of 0 s had passed/));
    const { failed } = await load.end();
    expect(failed).toBeGreaterThan(0);
  });
});

function describeEnd({ status, errorInformation }: DeploymentInfo): string {
  return `${status}: ${errorInformation?.message}`;
}

function expectEventsInOrder(target: InstanceTarget, names: readonly string[]): void {
  const events = target.lifecycleEvents ?? [];
  expect(events.map(({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`)).toEqual(
    names.map((name) => `${name} Succeeded`),
  );
  let before = 0;
  for (const { startTime, endTime } of events) {
    expect(startTime?.getTime()).toBeGreaterThanOrEqual(before);
    expect(endTime?.getTime()).toBeGreaterThanOrEqual(startTime?.getTime() ?? Number.NaN);
    before = endTime?.getTime() ?? Number.NaN;
  }
}

function spanOf({ lifecycleEvents = [] }: InstanceTarget): { readonly start: number; readonly end: number } {
  return {
    start: lifecycleEvents[0]?.startTime?.getTime() ?? Number.NaN,
    end: lifecycleEvents.at(-1)?.endTime?.getTime() ?? Number.NaN,
  };
}
