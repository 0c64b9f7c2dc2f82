import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  agentProgram,
  offerProgram,
  programAt,
  type SupervisedAgent,
  superviseAgent,
} from "../installation/agent-program.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const NAMES = ["web-1", "web-2"] as const;
/** Of the new agent's trial: on a busy machine it may need some of them to start. */
const CONFIRM_SECONDS = 15;
const [OLD, NEW, BROKEN] = ["0.1.9", "0.3.0", "0.4.0"];

let server: SluiceServer;
let agents: readonly SupervisedAgent[] = [];
const programs = new Map<string, string>();

beforeAll(async () => {
  server = await startSluiceServer();
  for (const version of [OLD, NEW]) programs.set(version, await agentProgram(version));
  programs.set(BROKEN, await agentProgram(BROKEN, { polls: false }));
  for (const [version, program] of programs) offerProgram(server, version, program);
  const options = { confirmSeconds: CONFIRM_SECONDS, tags: ["Fleet=web"] };
  agents = await Promise.all(NAMES.map((name) => superviseAgent(server, name, programs.get(OLD)!, options)));
  await until("agents that may be upgraded", async () => (await listed()).every(({ state }) => state === "alive"));
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
  await server?.close();
});

interface Listed {
  readonly hostName: string;
  readonly state: string;
  readonly agentVersion: string;
  readonly isAgentBehind: boolean;
}

async function listed(): Promise<readonly Listed[]> {
  return JSON.parse(await server.sluice("agents", "--json")) as readonly Listed[];
}

/** More of it, on both databases and with two servers: tests/upgrade/agent-upgrades.test.ts. */
describe("hosts whose agents run under their supervisor", () => {
  it("become another version, one at a time where their group lets no more be away", async () => {
    await server.sluice("applications", "create", "shop");
    await server.sluice("groups", "create", "--application", "shop", "--group", "prod", "--tag", "Fleet=web");
    const { exitCode, stdout } = await server.run("agents", "upgrade", "--version", NEW, "--batch", "100%");
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    expect(stdout).toMatch(
      /at most 2 at a time\nat most 1 of the 2 hosts of shop\/prod at a time, since CodeDeployDefault\.OneAtATime keeps 1 of them healthy\..*\nweb-1/,
    );
    const done = stdout.split("\n").filter((line) => line.endsWith(`done (${OLD} → ${NEW})`));
    expect(done.map((line) => line.split(" ")[0])).toEqual([...NAMES]);
    expect(stdout).toMatch(/u-\w+ Succeeded after .*: 2 done\n$/);
    expect(await listed()).toMatchObject(
      NAMES.map((hostName) => ({ hostName, agentVersion: NEW, isAgentBehind: false })),
    );
    for (const agent of agents) {
      expect(programAt(agent, "current")).toBe(programs.get(NEW));
      expect(programAt(agent, "previous")).toBe(programs.get(OLD));
      expect(programAt(agent, "next")).toBeUndefined();
      await until("the end of the trial", () => !agent.hasFile("pending") && !agent.hasFile("confirmed"));
    }
  });

  it("run their former agent again when the new one gets no answer, and the others are left alone", async () => {
    const { exitCode, stdout } = await server.run("agents", "upgrade", "--version", BROKEN);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /web-1 .*RESTORED: its former agent runs again: the new agent was not answered by the server within 15 s/,
    );
    expect(stdout).toMatch(/web-2 .*left out: the upgrade stopped before it was its turn/);
    expect(stdout).toMatch(/u-\w+ Failed after .*: 0 done, 1 restored, 1 left out\. web-1 runs its former agent again/);
    expect(await listed()).toMatchObject(NAMES.map(() => ({ agentVersion: NEW, state: "alive" })));
    expect(programAt(agents[0]!, "current")).toBe(programs.get(NEW));
    await until("the end of the trial", () => !agents[0]!.hasFile("restored") && !agents[0]!.hasFile("pending"));
  });
});
