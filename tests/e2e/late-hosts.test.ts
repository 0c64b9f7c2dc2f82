import { type DeploymentInfo, ListDeploymentsCommand } from "@aws-sdk/client-codedeploy";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordingBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { DATABASES, type OpenDatabase, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { listedHosts } from "../installation/listed-hosts.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { type SluiceAgent, startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

describe.each(DATABASES)("hosts that arrive late, with %s", (choice) => {
  const whyNot = whyNoDatabase(choice);
  let database: OpenDatabase;
  let server: SluiceServer;
  let codeDeploy: CodeDeploy;
  const agents: SluiceAgent[] = [];
  const folders = new Map<string, RecordingFolder>();

  beforeAll(async () => {
    if (whyNot) return;
    database = await openDatabase(choice);
    server = await startSluiceServer({ databaseUrl: database.url });
    codeDeploy = await CodeDeploy.begin(server);
    await codeDeploy.createGroup({ group: "prod", fleet: "late" });
  });
  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));
  afterAll(async () => {
    codeDeploy?.close();
    await Promise.all(agents.map((agent) => agent.close()));
    await server?.close();
    await database?.close();
    for (const folder of folders.values()) folder.remove();
  });

  /** Enrols a host and starts its agent. Its hooks fail where there is no folder for them to write in. */
  async function enrol(name: string, options: { readonly hooksFail?: boolean } = {}): Promise<SluiceAgent> {
    const folder = new RecordingFolder();
    folders.set(name, folder);
    const environment = { HOST_FOLDER: options.hooksFail ? "/nowhere" : folder.path };
    const agent = await startSluiceAgent(server, { name, tags: ["Fleet=late"], environment });
    agents.push(agent);
    return agent;
  }

  /** By CodeDeployAutoUpdate, oldest first. */
  async function lateDeployments(): Promise<DeploymentInfo[]> {
    const { deployments = [] } = await codeDeploy.client.send(
      new ListDeploymentsCommand({ applicationName: codeDeploy.application, deploymentGroupName: "prod" }),
    );
    const infos = await Promise.all(deployments.map((id) => codeDeploy.deployment(id)));
    return infos.filter(({ creator }) => creator === "CodeDeployAutoUpdate").reverse();
  }

  function endOfLate(count: number): Promise<DeploymentInfo> {
    return until(`the end of late deployment ${count}`, async () => {
      const late = (await lateDeployments())[count - 1];
      return late?.completeTime !== undefined && late;
    });
  }

  function switchTo(value: "on" | "off"): Promise<string> {
    const group = ["--application", codeDeploy.application, "--group", "prod"];
    return server.sluice("groups", "settings", ...group, "--deploy-to-late-hosts", value);
  }

  /** Resolves when the host's agent has spoken to the server. */
  function heard({ name, hostId }: SluiceAgent): Promise<boolean> {
    return until(`${name} to be heard`, async () => {
      const hosts = await listedHosts(server);
      return hosts.some((host) => host.hostId === hostId && host.lastSeenAt !== undefined);
    });
  }

  async function hostsOf(deployment: DeploymentInfo): Promise<(string | undefined)[]> {
    const targets = await codeDeploy.targets(deployment.deploymentId ?? "");
    return targets.map(({ targetId }) => targetId);
  }

  it("a host that enrols late, or in mid-deployment, is brought to the group's revision by itself; one that fails, once", async () => {
    await enrol("first");
    const first = await codeDeploy.put(recordingBundle());
    const rollout = await codeDeploy.end(await codeDeploy.deploy("prod", first));
    expect(rollout.status).toBe("Succeeded");

    // Off, as every group begins.
    const second = await enrol("second");
    await heard(second);
    expect(await lateDeployments()).toEqual([]);
    expect(await switchTo("on")).toContain("deploy-to-late-hosts on");
    const late = await endOfLate(1);
    expect(late).toMatchObject({ status: "Succeeded", revision: first, deploymentOverview: { Succeeded: 1 } });
    expect(late).not.toHaveProperty("onlyHosts");
    expect(await hostsOf(late)).toEqual([second.hostId]);
    const runs = Object.values(folders.get("second")?.runs(late.deploymentId ?? "") ?? {});
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.every((times) => times === 1)).toBe(true);

    const third = await enrol("third");
    expect(await hostsOf(await endOfLate(2))).toEqual([third.hostId]);

    // In the middle of a deployment of something new, which it then gets.
    folders.get("first")?.hold("AfterInstall");
    const newer = await codeDeploy.put(recordingBundle());
    const newRollout = await codeDeploy.deploy("prod", newer);
    await until(
      "the first host at its hook",
      () => folders.get("first")?.hasBegun(newRollout, "AfterInstall") ?? false,
    );
    const fourth = await enrol("fourth");
    await heard(fourth);
    expect(await lateDeployments()).toHaveLength(2);
    folders.get("first")?.releaseAll();
    const inTheMiddle = await endOfLate(3);
    expect((await codeDeploy.deployment(newRollout)).status).toBe("Succeeded");
    expect(inTheMiddle).toMatchObject({ status: "Succeeded", revision: newer });
    expect(await hostsOf(inTheMiddle)).toEqual([fourth.hostId]);

    // A failure is seen, and is the host's last by itself: the next host to arrive is deployed to alone.
    const failing = await enrol("failing", { hooksFail: true });
    const failed = await endOfLate(4);
    expect(failed).toMatchObject({ status: "Failed", creator: "CodeDeployAutoUpdate" });
    expect(await hostsOf(failed)).toEqual([failing.hostId]);
    const sixth = await enrol("sixth");
    expect(await hostsOf(await endOfLate(5))).toEqual([sixth.hostId]);
    expect(await lateDeployments()).toHaveLength(5);
  });

  it("a server that is killed and comes back deploys to what arrives afterwards, and to nothing twice", async () => {
    const before = (await lateDeployments()).length;
    await server.kill();
    await server.start();
    const after = await enrol("after-the-death");
    expect(await hostsOf(await endOfLate(before + 1))).toEqual([after.hostId]);
    expect(await lateDeployments()).toHaveLength(before + 1);
  });

  it("switched off again, a host that arrives gets nothing", async () => {
    const before = (await lateDeployments()).length;
    expect(await switchTo("off")).toContain("deploy-to-late-hosts off");
    const untouched = await enrol("untouched");
    await heard(untouched);
    const rollout = await codeDeploy.end(await codeDeploy.deploy("prod", await codeDeploy.put(recordingBundle())));
    expect(await hostsOf(rollout)).toContain(untouched.hostId);
    expect(await lateDeployments()).toHaveLength(before);
  });
});
