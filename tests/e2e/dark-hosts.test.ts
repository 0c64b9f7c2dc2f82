import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordingBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy, failedEvent } from "../installation/code-deploy.fixture.ts";
import { DATABASES, type OpenDatabase, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { listedHosts } from "../installation/listed-hosts.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

/** What our agent may be silent (design, section 6). The failure bears the server's own clock, so a slow machine changes nothing. */
const GRACE_MILLISECONDS = 15_000;
/** Far below the 5 to 60 minutes after which AWS notices; far above what the server needs once the grace is over. */
const NOTICED_MILLISECONDS = 60_000;

describe.each(DATABASES)("hosts that do not answer, with %s", (choice) => {
  const whyNot = whyNoDatabase(choice);
  let database: OpenDatabase;
  let server: SluiceServer;
  let codeDeploy: CodeDeploy;
  const folder = new RecordingFolder();
  let alive: SluiceAgent;
  let stopped: SluiceAgent;
  let killed: SluiceAgent;
  let killedInEvent: SluiceAgent;
  let declaredId: string;
  let revision: Awaited<ReturnType<CodeDeploy["put"]>>;

  beforeAll(async () => {
    if (whyNot) return;
    database = await openDatabase(choice);
    server = await startSluiceServer({ databaseUrl: database.url });
    codeDeploy = await CodeDeploy.begin(server);
    revision = await codeDeploy.put(recordingBundle());
    const environment = { HOST_FOLDER: folder.path };
    const enrol = (name: string, fleet: string) =>
      startSluiceAgents(server, [`Fleet=${fleet}`, "Site=all"], [{ name, environment }]).then((agents) => agents[0]!);
    [alive, stopped, killed, killedInEvent] = await Promise.all([
      enrol("alive-1", "mixed"),
      enrol("stopped-1", "mixed"),
      enrol("killed-1", "killed"),
      enrol("killed-2", "killed-in-event"),
    ]);
    declaredId = JSON.parse(
      await server.sluice("hosts", "add", "declared-1", "--tag", "Fleet=mixed", "--zone", "rack-2", "--json"),
    ).hostId;
    for (const fleet of ["mixed", "killed", "killed-in-event"]) await codeDeploy.createGroup({ group: fleet, fleet });
    const agents = [alive, stopped, killed, killedInEvent];
    await until("every agent to have polled", async () => {
      const states = await statesOfHosts();
      return agents.every(({ hostId }) => states.get(hostId)?.lastSeenAt !== undefined);
    });
  });
  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));
  afterAll(async () => {
    codeDeploy?.close();
    await Promise.all([alive, stopped, killed, killedInEvent].map((agent) => agent?.close()));
    await server?.close();
    await database?.close();
    folder.remove();
  });

  async function statesOfHosts(): Promise<Map<string, HostSummary>> {
    const hosts = await listedHosts(server);
    return new Map(hosts.map((host) => [host.hostId, host]));
  }
  const label = (agent: SluiceAgent) => `${agent.name} (${agent.hostId})`;

  it("a stopped agent says goodbye, and `sluice hosts list` tells dark, declared and alive apart at once", async () => {
    await stopped.stop();
    const states = await statesOfHosts();
    expect(states.get(stopped.hostId)?.state).toBe("dark");
    expect(states.get(alive.hostId)?.state).toBe("alive");
    expect(states.get(declaredId)).toMatchObject({ hostName: "declared-1", state: "declared", zone: "rack-2" });
    const table = await server.sluice("hosts", "list");
    expect(table).toMatch(new RegExp(`^stopped-1 +${stopped.hostId} +dark `, "m"));
    expect(table).toMatch(new RegExp(`^declared-1 +${declaredId} +declared +never `, "m"));
    expect(table).toMatch(new RegExp(`^alive-1 +${alive.hostId} +alive `, "m"));
  });

  it("with enough healthy hosts the deployment succeeds, and its counters and messages still name the dark ones", async () => {
    const deploymentId = await codeDeploy.deploy("mixed", revision);
    const info = await codeDeploy.end(deploymentId);
    expect(info.status, info.errorInformation?.message).toBe("Succeeded");
    expect(info.deploymentOverview).toMatchObject({ Succeeded: 1, Failed: 2, Skipped: 0, Pending: 0 });
    const messages = info.deploymentStatusMessages ?? [];
    // At creation: since when, and what to run on it.
    expect(messages).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^Host stopped-1 \\(${stopped.hostId}\\) has not reported since .*, when its agent was stopped; run sluice agent run`,
        ),
      ),
    );
    expect(messages).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^Host declared-1 \\(${declaredId}\\) has never reported; .* run sluice token create, then sluice agent enroll`,
        ),
      ),
    );
    // At the end: that they failed.
    expect(messages.at(-1)).toContain("Succeeded with 2 failed hosts");
    expect(messages.at(-1)).toContain(`host ${label(stopped)} at ApplicationStop`);
    expect(messages.at(-1)).toContain(`host declared-1 (${declaredId}) at ApplicationStop`);
    expect(failedEvent(await codeDeploy.target(deploymentId, stopped.hostId)).diagnostics?.message).toMatch(
      /AGENT_ISSUE: host stopped-1 \(i-[0-9a-f]{17}\) has no running agent: it was shut down at .* To fix it: sluice agent run/,
    );
    expect(failedEvent(await codeDeploy.target(deploymentId, declaredId)).diagnostics?.message).toMatch(
      /AGENT_ISSUE: host declared-1 \(i-[0-9a-f]{17}\) was declared, but no agent has ever polled for it\. To fix it:/,
    );
  });

  it("when they are too many, the deployment fails and its error is AGENT_ISSUE with their names", async () => {
    await codeDeploy.createConfig("two-healthy", 2);
    const info = await codeDeploy.end(await codeDeploy.deploy("mixed", revision, "two-healthy"));
    expect(info.status).toBe("Failed");
    expect(info.errorInformation?.code).toBe("AGENT_ISSUE");
    expect(info.errorInformation?.message).toMatch(
      /^The overall deployment failed because too many individual instances/,
    );
    const named = [label(stopped), `declared-1 (${declaredId})`].filter((name) =>
      info.errorInformation?.message?.includes(name),
    );
    expect(named.length).toBeGreaterThanOrEqual(1);
  });

  it("a host that died, before its turn or in mid-event, fails within the grace and not before", async () => {
    folder.hold("BeforeInstall");
    const inEvent = await codeDeploy.deploy("killed-in-event", revision);
    await until("the hook", () => folder.hasBegun(inEvent, "BeforeInstall"));
    await Promise.all([killed.kill(), killedInEvent.kill()]);
    const beforeItsTurn = await codeDeploy.deploy("killed", revision);
    for (const [deploymentId, agent, event] of [
      [beforeItsTurn, killed, "ApplicationStop"],
      [inEvent, killedInEvent, "BeforeInstall"],
    ] as const) {
      const info = await codeDeploy.end(deploymentId);
      expect(info.status).toBe("Failed");
      expect(info.errorInformation?.code).toBe("AGENT_ISSUE");
      expect(info.errorInformation?.message).toContain(`Silent hosts: ${label(agent)}.`);
      const failed = failedEvent(await codeDeploy.target(deploymentId, agent.hostId));
      expect(failed.lifecycleEventName).toBe(event);
      const since = /has not reported since (\S+Z)\./.exec(failed.diagnostics?.message ?? "")?.[1];
      const silence = failed.endTime!.getTime() - new Date(since!).getTime();
      // The API's times are in seconds, to the millisecond.
      expect(silence).toBeGreaterThanOrEqual(GRACE_MILLISECONDS - 1);
      expect(silence).toBeLessThan(NOTICED_MILLISECONDS);
    }
    folder.releaseAll();
    expect(failedEvent(await codeDeploy.target(inEvent, killedInEvent.hostId)).diagnostics?.message).toContain(
      "It stopped reporting during the event, so it is not known whether the event's scripts finished.",
    );
    expect((await statesOfHosts()).get(killed.hostId)?.state).toBe("dark");
  });

  it("a host that is started again is alive and takes deployments", async () => {
    killed.start();
    await until("killed-1 to be alive", async () => (await statesOfHosts()).get(killed.hostId)?.state === "alive");
    const info = await codeDeploy.end(await codeDeploy.deploy("killed", revision));
    expect(info.status, info.errorInformation?.message).toBe("Succeeded");
    expect(info.deploymentStatusMessages).toEqual([]);
  });
});
