import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  type RevisionLocation,
  UpdateDeploymentGroupCommand,
  type UpdateDeploymentGroupCommandInput,
} from "@aws-sdk/client-codedeploy";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CodeDeploy, failedEvent } from "../installation/code-deploy.fixture.ts";
import { startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { type GaugeTarget, startGaugeTarget } from "../prometheus/gauge-target.fixture.ts";
import { type PrometheusServer, startPrometheus, whyNoPrometheus } from "../prometheus/prometheus-server.fixture.ts";
import { MeteredHost } from "./metered-host.fixture.ts";
import { meteredRevision } from "./metered-revision.fixture.ts";

const EVALUATION_SECONDS = 5;
/** Two hosts or more of one version that answer more than a fifth of their requests with 500. */
const SHOP_ERRORS = {
  alert: "ShopErrors",
  expr: "count by (version) (rate(shop_errors_total[5m]) / rate(shop_requests_total[5m]) > 0.2) >= 2",
  for: `${EVALUATION_SECONDS}s`,
};
const WIRE_TEXT =
  "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: ";

const whyNot = whyNoPrometheus();

describe("alarms of a real Prometheus", () => {
  const undo = new AsyncDisposableStack();
  let prometheus: PrometheusServer;
  /** The one that goes away. */
  let mortal: PrometheusServer;
  let gauges: GaugeTarget;
  let server: SluiceServer;
  let codeDeploy: CodeDeploy;
  let good: RevisionLocation;
  let bad: RevisionLocation;
  const hosts: MeteredHost[] = [];
  const ids = new Map<string, string>();

  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

  beforeAll(async () => {
    if (whyNot !== null) return;
    for (const name of ["web-1", "web-2", "web-3", "web-4"]) hosts.push(await MeteredHost.open(name, "shop"));
    hosts.push(await MeteredHost.open("strict-1", "strict"), await MeteredHost.open("easy-1", "easy"));
    undo.defer(async () => void (await Promise.all(hosts.map((host) => host.close()))));
    gauges = await startGaugeTarget({ fire: 0 });
    undo.defer(() => gauges.stop());
    const fire = { alert: "Fire", expr: "fire > 0" };
    const group = { name: "shop", interval: `${EVALUATION_SECONDS}s`, rules: [SHOP_ERRORS] };
    const targets = [...hosts.map(({ address }) => address), gauges.address];
    prometheus = await startPrometheus({ targets, rules: { groups: [group, { name: "house", rules: [fire] }] } });
    undo.defer(() => prometheus.stop());
    mortal = await startPrometheus({
      rules: { groups: [{ name: "m", rules: [{ alert: "Mortal", expr: "vector(0) > 0" }] }] },
    });
    await openServer();
  });

  afterEach(() => {
    for (const host of hosts) host.release();
  });

  afterAll(async () => {
    await mortal?.stop();
    await undo.disposeAsync();
  });

  async function openServer(): Promise<void> {
    const directory = mkdtempSync(join(tmpdir(), "sluice-alarms-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    const binding = (match: string, { url }: PrometheusServer) =>
      ({ match, port: "alarm-reader", driver: "prometheus", settings: { url } }) as const;
    const config = join(directory, "sluice.yml");
    writeFileSync(config, JSON.stringify({ bindings: [binding("Mortal", mortal), binding("*", prometheus)] }));
    server = await startSluiceServer({ args: ["--config", config] });
    undo.defer(() => server.close());
    codeDeploy = await CodeDeploy.begin(server, "shop");
    undo.defer(() => codeDeploy.close());
    for (const fleet of new Set(hosts.map((host) => host.fleet))) {
      const own = hosts.filter((host) => host.fleet === fleet);
      const settings = own.map(({ name, environment }) => ({ name, environment }));
      const agents = await startSluiceAgents(server, [`Fleet=${fleet}`], settings);
      for (const agent of agents) {
        undo.defer(() => agent.close());
        ids.set(agent.hostId, agent.name);
      }
      await codeDeploy.createGroup({ group: fleet, fleet, config: "CodeDeployDefault.OneAtATime" });
    }
    good = await codeDeploy.put(meteredRevision({ version: "good" }));
    bad = await codeDeploy.put(meteredRevision({ version: "bad", failsEvery: 2 }));
  }

  const hostsOf = (fleet: string) => hosts.filter((host) => host.fleet === fleet);
  const only = (fleet: string) => hostsOf(fleet)[0]!;

  function changeGroup(group: string, change: Partial<UpdateDeploymentGroupCommandInput>) {
    const { application: applicationName, client } = codeDeploy;
    return client.send(
      new UpdateDeploymentGroupCommand({ applicationName, currentDeploymentGroupName: group, ...change }),
    );
  }

  function watch(group: string, alarm: string, ignorePollAlarmFailure = false) {
    return changeGroup(group, {
      alarmConfiguration: { enabled: true, alarms: [{ name: alarm }], ignorePollAlarmFailure },
    });
  }

  async function begin(
    deploymentGroupName: string,
    revision: RevisionLocation,
    more: Partial<CreateDeploymentCommandInput> = {},
  ): Promise<string> {
    const { application: applicationName, client } = codeDeploy;
    const input = { applicationName, deploymentGroupName, revision, ...more };
    return (await client.send(new CreateDeploymentCommand(input))).deploymentId!;
  }

  const deploy = async (...args: Parameters<typeof begin>) => codeDeploy.end(await begin(...args));

  const versions = (fleet: string) => Promise.all(hostsOf(fleet).map((host) => host.version()));

  /** How the targets ended, by the name of their host. */
  async function statuses(deploymentId: string): Promise<Record<string, string>> {
    const targets = await codeDeploy.targets(deploymentId);
    return Object.fromEntries(targets.map(({ targetId = "", status = "" }) => [ids.get(targetId), status]));
  }

  async function ask<Data>(path: string): Promise<Data> {
    return ((await (await fetch(`${prometheus.url}/api/v1/${path}`)).json()) as { data: Data }).data;
  }

  async function alertStates(name: string): Promise<string[]> {
    const { alerts } = await ask<{ alerts: { state: string; labels: { alertname: string } }[] }>("alerts");
    return alerts.filter(({ labels }) => labels.alertname === name).map(({ state }) => state);
  }

  /** The first evaluation at which the alert fired, as Prometheus recorded it. */
  async function firedAt(name: string): Promise<number> {
    const series = `ALERTS{alertname="${name}",alertstate="firing"}[1h]`;
    const { result } = await ask<{ result: { values: [number, string][] }[] }>(
      `query?query=${encodeURIComponent(series)}`,
    );
    return Math.min(...result.flatMap(({ values }) => values.map(([at]) => at * 1_000)));
  }

  const firing = (name: string) => until(`${name} fires`, async () => (await alertStates(name)).includes("firing"));

  it("stop a deployment whose revision errs under load, and it is rolled back", async () => {
    await watch("shop", "ShopErrors");
    await changeGroup("shop", {
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_STOP_ON_ALARM"] },
    });
    const first = await deploy("shop", good);
    expect(first).toMatchObject({ status: "Succeeded", deploymentOverview: { Succeeded: 4 } });
    expect(await versions("shop")).toEqual(["good", "good", "good", "good"]);

    // The first host is let pass; the second keeps validating for as long as the alert needs.
    for (const host of hostsOf("shop")) host.hold();
    const badId = await begin("shop", bad);
    const one = await until("the first host validates", () => hostsOf("shop").find((host) => host.validates(badId)));
    one.release();
    const stopped = await codeDeploy.end(badId);
    for (const host of hostsOf("shop")) host.release();
    const two = hostsOf("shop").find((host) => host !== one && host.validates(badId))!;

    expect(stopped.status).toBe("Stopped");
    expect(stopped.errorInformation?.code).toBe("ALARM_ACTIVE");
    expect(stopped.errorInformation?.message).toContain(`${WIRE_TEXT}<ShopErrors>`);
    const expected = hostsOf("shop").map(({ name }) => [name, "Skipped"]);
    expect(await statuses(badId)).toEqual({
      ...Object.fromEntries(expected),
      [one.name]: "Succeeded",
      [two.name]: "Failed",
    });
    const targets = await codeDeploy.targets(badId);
    const interrupted = failedEvent(targets.find(({ status }) => status === "Failed"));
    expect(interrupted.lifecycleEventName).toBe("ValidateService");
    expect(interrupted.diagnostics?.message).toContain(
      `stopped by an alarm while ValidateService was in progress on host ${two.name}`,
    );

    // How soon after it is what the simulator shows (rules/alarm.ts): here it would say how busy the machine is.
    expect(stopped.completeTime!.getTime()).toBeGreaterThan(await firedAt("ShopErrors"));

    const rollbackId = stopped.rollbackInfo?.rollbackDeploymentId ?? "";
    expect(stopped.rollbackInfo?.rollbackMessage).toBe(
      `Deployment ${badId} terminated. Automatic rollback is triggered with a DeploymentId ${rollbackId}.`,
    );
    const rollback = await codeDeploy.end(rollbackId);
    expect(await alertStates("ShopErrors"), "the alert fires to the end of the rollback").toEqual(["firing"]);
    expect(rollback).toMatchObject({
      status: "Succeeded",
      creator: "codeDeployRollback",
      revision: first.revision,
      rollbackInfo: { rollbackTriggeringDeploymentId: badId },
      deploymentOverview: { Succeeded: 4 },
    });
    expect(await versions("shop")).toEqual(["good", "good", "good", "good"]);
    expect(await server.sluice("ack")).toContain(badId);
  });

  describe("that fire before a deployment begins", () => {
    beforeAll(async () => {
      if (whyNot !== null) return;
      expect((await deploy("strict", good)).status).toBe("Succeeded");
      gauges.set("fire", 1);
      await firing("Fire");
      await watch("strict", "Fire");
    });

    it("stop it before anything is touched", async () => {
      const before = await deploy("strict", bad);
      expect(before.status).toBe("Stopped");
      expect(before.errorInformation?.code).toBe("ALARM_ACTIVE");
      expect(before.errorInformation?.message).toContain(`${WIRE_TEXT}<Fire>`);
      expect(before.startTime).toBeUndefined();
      expect(Object.values(await statuses(before.deploymentId!)).every((status) => status === "Skipped")).toBe(true);
      expect(await versions("strict")).toEqual(["good"]);
    });

    it("are passed over where the deployment says so", async () => {
      const overrideAlarmConfiguration = { enabled: false };
      const info = await deploy("strict", bad, { overrideAlarmConfiguration });
      expect(info).toMatchObject({ status: "Succeeded", overrideAlarmConfiguration });
      expect(await versions("strict")).toEqual(["bad"]);
    });
  });

  it("must exist: a deployment that would watch no rule is not started, and says what to do", async () => {
    await watch("easy", "NoSuchRule");
    const info = await deploy("easy", good);
    expect(info.status).toBe("Stopped");
    expect(info.errorInformation?.code).toBe("ALARM_ACTIVE");
    expect(info.errorInformation?.message).toMatch(
      /not started because its alarms cannot be watched.*NoSuchRule: Prometheus has no such alerting rule.*Name alarms that exist, or set ignorePollAlarmFailure/,
    );
    expect(only("easy").validates(info.deploymentId!)).toBe(false);
  });

  it("that can no longer be read stop a deployment, unless the group goes on without them", async () => {
    await watch("strict", "Mortal");
    await watch("easy", "Mortal", true);
    gauges.set("fire", 0);
    await until("Fire has ended", async () => (await alertStates("Fire")).length === 0);
    await watch("shop", "Fire");
    only("strict").hold();
    only("easy").hold();
    for (const host of hostsOf("shop")) host.hold();
    const [strict, easy] = [await begin("strict", good), await begin("easy", good)];
    const other = await begin("shop", good);
    await until("all validate", () => {
      const isOther = hostsOf("shop").some((host) => host.validates(other));
      return isOther && only("strict").validates(strict) && only("easy").validates(easy);
    });
    await mortal.stop();
    const stopped = await codeDeploy.end(strict);
    expect(stopped.status).toBe("Stopped");
    expect(stopped.errorInformation?.code).toBe("ALARM_ACTIVE");
    expect(stopped.errorInformation?.message).toMatch(
      new RegExp(
        `its alarms \\(Mortal\\) have not been readable since .*${mortal.url}: ECONNREFUSED.*ignorePollAlarmFailure`,
      ),
    );
    expect((await codeDeploy.deployment(easy)).status).toBe("InProgress");
    only("easy").release();
    expect((await codeDeploy.end(easy)).status).toBe("Succeeded");
    expect(await versions("easy")).toEqual(["good"]);

    // Who watches alarms of another system is neither stopped by that nor left unwatched.
    expect((await codeDeploy.deployment(other)).status).toBe("InProgress");
    gauges.set("fire", 1);
    const fired = await codeDeploy.end(other);
    expect(fired.errorInformation?.message).toContain(`${WIRE_TEXT}<Fire>`);
    for (const host of hostsOf("shop")) host.release();
    expect((await codeDeploy.end(fired.rollbackInfo?.rollbackDeploymentId ?? "")).status).toBe("Succeeded");
  });
});
