import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SluiceAgent, startSluiceAgents } from "./sluice-agent.ts";
import { runProgram, SLUICE, type SluiceServer, startSluiceServer } from "./sluice-server.ts";

/** What a person does who has no AWS CLI, against a real server with one host. */
let server: SluiceServer;
let agents: SluiceAgent[] = [];
let work: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sluice-e2e-no-aws-"));
  server = await startSluiceServer();
  agents = await startSluiceAgents(server, ["Fleet=verbs"], [{ name: "web-1" }]);
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
  await server?.close();
  rmSync(work, { recursive: true, force: true });
});

const json = async (...args: string[]) => JSON.parse(await server.sluice(...args, "--json"));

describe("hosts and tokens", () => {
  it("a host is shown, and its tags change", async () => {
    const id = agents[0]?.hostId ?? "";
    expect(await server.sluice("hosts", "tag", "web-1", "Role=web", "Note=a=b")).toBe(
      `web-1 (${id}): Fleet=verbs Name=web-1 Note=a=b Role=web\n`,
    );
    await server.sluice("hosts", "untag", id, "Note");
    const shown = await server.sluice("hosts", "show", "web-1");
    expect(shown).toMatch(new RegExp(`^name +web-1\nid +${id}\nkind +instance\nstate +alive\n`));
    expect(shown).toContain("Fleet=verbs Name=web-1 Role=web\n");
    expect(await json("hosts", "show", id)).toMatchObject({ hostName: "web-1", state: "alive" });
    const missing = await server.run("hosts", "show", "web-9");
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("See: sluice hosts list --all") });
    expect(await server.run("hosts", "tag", "web-1", "Role")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('"Role" is not Key=Value'),
    });
  });

  it("a host that enrols again keeps its id, since its directory has its key", async () => {
    const token = (await server.sluice("token", "create")).trim();
    const directory = join(work, "agent");
    const enrol = (...more: string[]) =>
      runProgram(SLUICE, [
        "agent",
        "enroll",
        "--server",
        server.url(),
        "--data",
        directory,
        "--name",
        "again",
        ...more,
      ]);
    const first = await enrol("--token", token, "--json");
    const { hostId } = JSON.parse(first.stdout);
    const second = await enrol("--token", (await server.sluice("token", "create")).trim(), "--force");
    expect(second.stdout).toBe(`again (${hostId}) is enrolled. Start it: sluice agent run --data ${directory}\n`);
    await server.sluice("hosts", "remove", "again");
    const third = await enrol("--token", (await server.sluice("token", "create")).trim(), "--force");
    expect(third.stdout).toMatch(new RegExp(`^again \\(i-\\w+\\) is enrolled\\. It was ${hostId} before\\. Start it`));
    await server.sluice("hosts", "remove", "again");
  });

  it("tokens are listed and revoked, by id or as a whole", async () => {
    const token = (await server.sluice("token", "create", "--tag", "Role=db")).trim();
    expect(await server.sluice("token", "list")).toMatch(
      /^ID +USES LEFT.*\n\w{12} +1 +in 5\d min +\d+ s ago +Role=db\n$/,
    );
    expect(await server.sluice("token", "revoke", token)).toMatch(/^\w{12} is revoked\n$/);
    expect(await server.sluice("token", "list")).toBe("No usable tokens. Make one: sluice token create\n");
    expect((await json("token", "list", "--all")).length).toBeGreaterThanOrEqual(1);
  });
});
