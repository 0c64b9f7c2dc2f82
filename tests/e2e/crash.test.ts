import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT_RESTART_MESSAGE } from "@sluice/model/diagnostics.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HOOK_EVENTS, recordingBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy, eventOf } from "../installation/code-deploy.fixture.ts";
import { DATABASES, type OpenDatabase, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const HOSTS = 10;
/** `npm run prove`: everything with both databases. Otherwise what no database has a part in, and more of one kind, is shown with SQLite alone. */
const KILLS_AT_ALL = process.env.SLUICE_KILLS === "all";
const ALL_AT_ONCE = "CodeDeployDefault.AllAtOnce";
const HALF_AT_A_TIME = "CodeDeployDefault.HalfAtATime";
const ONE_AT_A_TIME = "CodeDeployDefault.OneAtATime";
const EACH_ONCE = Object.fromEntries(HOOK_EVENTS.map((event) => [event, 1]));

interface RecordedHost {
  readonly agent: SluiceAgent;
  readonly folder: RecordingFolder;
}

describe.each(DATABASES)("with %s", (choice) => {
  const whyNot = whyNoDatabase(choice);
  const isWhole = choice === "sqlite" || KILLS_AT_ALL;
  let database: OpenDatabase;
  let server: SluiceServer;
  let codeDeploy: CodeDeploy;
  let hosts: RecordedHost[] = [];
  let deploy: (config: string) => Promise<string>;

  beforeAll(async () => {
    if (whyNot) return;
    database = await openDatabase(choice);
    server = await startSluiceServer({ databaseUrl: database.url });
    codeDeploy = await CodeDeploy.begin(server);
    await codeDeploy.createGroup({ group: "prod", fleet: "crash" });
    const folders = Array.from({ length: HOSTS }, () => new RecordingFolder());
    const agents = await startSluiceAgents(
      server,
      ["Fleet=crash"],
      folders.map(({ path }, index) => ({ name: `web-${index + 1}`, environment: { HOST_FOLDER: path } })),
    );
    hosts = agents.map((agent, index) => ({ agent, folder: folders[index]! }));
    const revision = await codeDeploy.put(recordingBundle());
    deploy = (config) => codeDeploy.deploy("prod", revision, config);
    // From the second deployment on there is an ApplicationStop hook to run.
    expect((await codeDeploy.end(await deploy(ALL_AT_ONCE))).status).toBe("Succeeded");
  });
  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));
  afterEach(() => {
    for (const { folder } of hosts) folder.releaseAll();
  });
  afterAll(async () => {
    codeDeploy?.close();
    await Promise.all(hosts.map(({ agent }) => agent.close()));
    await server?.close();
    await database?.close();
    for (const { folder } of hosts) folder.remove();
    hosts = [];
  });

  async function expectEachHookOnce(deploymentId: string): Promise<void> {
    const info = await codeDeploy.end(deploymentId);
    expect(info.status, info.errorInformation?.message).toBe("Succeeded");
    expect(info.deploymentOverview).toMatchObject({ Succeeded: HOSTS, Failed: 0, Skipped: 0, InProgress: 0 });
    expect(hosts.map(({ folder }) => folder.runs(deploymentId))).toEqual(hosts.map(() => EACH_ONCE));
  }

  const runsInAll = (deploymentId: string) =>
    hosts.reduce((sum, { folder }) => sum + Object.keys(folder.runs(deploymentId)).length, 0);

  async function restartServer(): Promise<void> {
    await server.kill();
    await server.start();
  }

  describe("a server that is killed in the middle of a ten-host deployment", () => {
    it("finishes it when every host was in a hook, ended it without the server, and reports after the restart", async () => {
      for (const { folder } of hosts) folder.hold("AfterInstall");
      const deploymentId = await deploy(ALL_AT_ONCE);
      await until("AfterInstall on every host", () =>
        hosts.every(({ folder }) => folder.hasBegun(deploymentId, "AfterInstall")),
      );
      await server.kill();
      for (const { folder } of hosts) folder.releaseAll();
      await until("the end of AfterInstall on every host", () =>
        hosts.every(({ folder }) => folder.hasEnded(deploymentId, "AfterInstall")),
      );
      const tries = await until("four polls of every agent into the void", () => {
        const waits = hosts.map(({ agent }) => waitsBetweenPolls(agent));
        return waits.every((seconds) => seconds.length >= 4) && waits;
      });
      await server.start();
      await expectEachHookOnce(deploymentId);
      for (const seconds of tries) expectBackOff(seconds);
      // With jitter ten hosts do not come back in step.
      expect(new Set(tries.map((seconds) => seconds.slice(0, 4).join())).size).toBeGreaterThan(1);
    });

    it("finishes it when the hosts were in different events, whose hooks still ran at the restart", async () => {
      const heldEvent = (index: number) => HOOK_EVENTS[index % HOOK_EVENTS.length]!;
      hosts.forEach(({ folder }, index) => {
        folder.hold(heldEvent(index));
      });
      const deploymentId = await deploy(ALL_AT_ONCE);
      await until("each host in its event", () =>
        hosts.every(({ folder }, index) => folder.hasBegun(deploymentId, heldEvent(index))),
      );
      await restartServer();
      for (const { folder } of hosts) folder.releaseAll();
      await expectEachHookOnce(deploymentId);
    });

    it("finishes it when half of the hosts had not been admitted", async () => {
      for (const { folder } of hosts) folder.hold("ValidateService");
      const deploymentId = await deploy(HALF_AT_A_TIME);
      await until("ValidateService on the first half", () => {
        const begun = hosts.filter(({ folder }) => folder.hasBegun(deploymentId, "ValidateService"));
        return begun.length === HOSTS / 2;
      });
      await server.kill();
      expect(hosts.filter(({ folder }) => Object.keys(folder.runs(deploymentId)).length > 0)).toHaveLength(HOSTS / 2);
      for (const { folder } of hosts) folder.releaseAll();
      await server.start();
      await expectEachHookOnce(deploymentId);
    });

    it.each(isWhole ? [0, 12, 37] : [12])(
      "finishes it when it died after %i of the 50 hooks, with nothing held",
      async (runs) => {
        const deploymentId = await deploy(ALL_AT_ONCE);
        await until(`${runs} hooks`, () => runsInAll(deploymentId) >= runs);
        await restartServer();
        await expectEachHookOnce(deploymentId);
      },
    );

    it("finishes it when it died again and again", async () => {
      const deploymentId = await deploy(ALL_AT_ONCE);
      for (const runs of [5, 20, 35]) {
        await until(`${runs} hooks`, () => runsInAll(deploymentId) >= runs);
        await restartServer();
      }
      await expectEachHookOnce(deploymentId);
    });
  });

  describe("an agent that is killed", () => {
    /** Kills the first host's agent while its AfterInstall hook waits. */
    async function killInHook(config: string): Promise<{ deploymentId: string; victim: RecordedHost }> {
      for (const { folder } of hosts) folder.hold("AfterInstall");
      const deploymentId = await deploy(config);
      const victim = await until("a host in AfterInstall", () =>
        hosts.find(({ folder }) => folder.hasBegun(deploymentId, "AfterInstall")),
      );
      await victim.agent.kill();
      return { deploymentId, victim };
    }

    if (isWhole) {
      it("in mid-hook: the event fails after the restart with the reference's code and message, and the other hosts go on", async () => {
        const { deploymentId, victim } = await killInHook(ALL_AT_ONCE);
        victim.agent.start();
        const event = await until("the failed event", async () => {
          const target = await codeDeploy.target(deploymentId, victim.agent.hostId);
          const afterInstall = eventOf(target, "AfterInstall");
          return afterInstall.status === "Failed" && afterInstall;
        });
        expect(event.diagnostics?.errorCode).toBe("UnknownError");
        expect(event.diagnostics?.message).toContain(AGENT_RESTART_MESSAGE);
        expect(event.diagnostics?.message).toContain("Its script was still running and was stopped with SIGTERM.");

        for (const { folder } of hosts) folder.releaseAll();
        const info = await codeDeploy.end(deploymentId);
        expect(info.status).toBe("Succeeded");
        expect(info.deploymentOverview).toMatchObject({ Succeeded: HOSTS - 1, Failed: 1 });
        const messages = info.deploymentStatusMessages?.join("\n");
        expect(messages).toContain(`${victim.agent.name} (${victim.agent.hostId}) at AfterInstall`);
        expect(messages).toContain(AGENT_RESTART_MESSAGE);
        for (const host of hosts) {
          const expected = host === victim ? { ApplicationStop: 1, BeforeInstall: 1, AfterInstall: 1 } : EACH_ONCE;
          expect(host.folder.runs(deploymentId)).toEqual(expected);
        }
        expect(victim.folder.hasEnded(deploymentId, "AfterInstall"), "the script was ended").toBe(false);
      });
    }

    if (isWhole) {
      it("in mid-hook, one host at a time: the deployment fails, says where, and skips the others", async () => {
        const { deploymentId, victim } = await killInHook(ONE_AT_A_TIME);
        victim.agent.start();
        const info = await codeDeploy.end(deploymentId);
        expect(info.status).toBe("Failed");
        expect(info.errorInformation?.code).toBe("HEALTH_CONSTRAINTS");
        expect(info.errorInformation?.message).toContain(
          `host ${victim.agent.name} (${victim.agent.hostId}) at AfterInstall: ${AGENT_RESTART_MESSAGE}`,
        );
        expect(info.deploymentOverview).toMatchObject({ Succeeded: 0, Failed: 1, Skipped: HOSTS - 1 });
        for (const { agent, folder } of hosts) {
          if (agent !== victim.agent) expect(folder.runs(deploymentId)).toEqual({});
        }
      });
    }

    it("after its hook had ended while the server was away: the outcome is kept, and nothing runs again", async () => {
      for (const { folder } of hosts) folder.hold("AfterInstall");
      const deploymentId = await deploy(ALL_AT_ONCE);
      await until("AfterInstall on every host", () =>
        hosts.every(({ folder }) => folder.hasBegun(deploymentId, "AfterInstall")),
      );
      await server.kill();
      for (const { folder } of hosts) folder.releaseAll();
      const victims = hosts.slice(0, 3).map(({ agent }) => agent);
      for (const agent of victims) {
        await until(`${agent.name} to know the outcome`, () => hasOutcome(agent, deploymentId, "AfterInstall"));
      }
      for (const agent of victims) await agent.kill();
      for (const agent of victims) agent.start();
      await server.start();
      await expectEachHookOnce(deploymentId);
    });
  });
});

/** Seconds that an agent said it would wait, since the server went away last. */
function waitsBetweenPolls(agent: SluiceAgent): number[] {
  const sinceAnswered = agent.log().split("the server answers again").at(-1) ?? "";
  return [...sinceAnswered.matchAll(/did not answer a poll; retrying inSeconds=([\d.]+)/g)].map(([, seconds]) =>
    Number(seconds),
  );
}

/** Each wait lies between half and all of its nominal length, which doubles. The log rounds to tenths of a second. */
function expectBackOff(seconds: readonly number[]): void {
  seconds.slice(0, 4).forEach((wait, index) => {
    const nominal = 0.1 * 2 ** index;
    expect(wait).toBeGreaterThanOrEqual(nominal / 2 - 0.051);
    expect(wait).toBeLessThanOrEqual(nominal + 0.051);
  });
}

/** Whether the agent's journal holds how an event ended. From then on it may die. */
function hasOutcome(agent: SluiceAgent, deploymentId: string, event: string): boolean {
  const lines = readFileSync(join(agent.directory, "command-journal"), "utf8").split("\n").slice(0, -1);
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const taken = records.find((record) => record.deploymentId === deploymentId && record.event === event);
  return records.some((record) => record.state === "ended" && record.commandId === taken?.commandId);
}
