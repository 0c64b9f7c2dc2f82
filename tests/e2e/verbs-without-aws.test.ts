import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandClient } from "@sluice/wire/client/clients.ts";
import { connectionTo, resolveConnection } from "@sluice/wire/config/connection.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { runProgram, SLUICE, type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

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

/** An enrolled host is alive from its agent's first poll on. */
const PATIENT = { timeout: 60_000 };

const json = async (...args: string[]) => JSON.parse(await server.sluice(...args, "--json"));

describe("hosts and tokens", () => {
  it("a host is shown, and its tags change", async () => {
    const id = agents[0]?.hostId ?? "";
    await expect.poll(() => json("hosts", "show", "web-1"), PATIENT).toMatchObject({ state: "alive" });
    expect(await server.sluice("hosts", "tag", "web-1", "Role=web", "Note=a=b")).toBe(
      `web-1 (${id}): Fleet=verbs Name=web-1 Note=a=b Role=web\n`,
    );
    const untagged = await server.run("hosts", "untag", id, "Note", "Nope");
    expect(untagged).toMatchObject({ exitCode: 0, stderr: `web-1 (${id}) had no tag Nope\n` });
    const shown = await server.sluice("hosts", "show", "web-1");
    expect(shown).toMatch(new RegExp(`^name +web-1\nid +${id}\nkind +instance\nstate +alive\n`));
    expect(shown).toContain("Fleet=verbs Name=web-1 Role=web\n");
    expect(await json("hosts", "show", id)).toMatchObject({ hostName: "web-1", state: "alive" });
    const missing = await server.run("hosts", "show", "web-9");
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("`sluice hosts list` lists them") });
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
    const created = await server.run("token", "create", "--tag", "Role=db");
    const token = created.stdout.trim();
    const [, tokenId] =
      /^The token's id is (\w{12})\. To revoke it: sluice token revoke \1$/m.exec(created.stderr) ?? [];
    expect(await json("token", "list")).toMatchObject([{ tokenId }]);
    expect(await server.sluice("token", "list")).toMatch(
      /^ID +USES LEFT.*\n\w{12} +1 +in 5\d min +\d+ s ago +Role=db\n$/,
    );
    expect(await server.sluice("token", "revoke", token)).toMatch(/^\w{12} is revoked\n$/);
    expect(await server.sluice("token", "list")).toBe("No usable tokens. Create one: sluice token create\n");
    expect((await json("token", "list", "--all")).length).toBeGreaterThanOrEqual(1);
  });
});

describe("doctor", () => {
  const outcomes = (stdout: string) =>
    Object.fromEntries(
      (JSON.parse(stdout) as { subject: string; outcome: string }[]).map(({ subject, outcome }) => [subject, outcome]),
    );

  it("finds the server, its database and its key right, and the agent of a host", async () => {
    const { exitCode, stdout } = await server.run("doctor", "--json");
    expect(outcomes(stdout)).toMatchObject({
      "data directory": "ok",
      server: "ok",
      database: "ok",
      clock: "ok",
      key: "ok",
    });
    expect(exitCode).toBe(0);
    const agent = await runProgram(SLUICE, ["doctor", "--agent", agents[0]?.directory ?? "", "--json"]);
    expect(outcomes(agent.stdout)).toMatchObject({ enrolment: "ok", agent: "ok", server: "ok", archives: "ok" });
  });

  it("says of what is wrong what to do", async () => {
    const missing = await runProgram(SLUICE, ["doctor", "--data", join(work, "none")]);
    expect(missing).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("sluice server --data") });
    const idle = await runProgram(SLUICE, ["doctor", "--agent", work]);
    expect(idle).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("Join this host with the line"),
    });
  });
});

describe("applications, groups and configurations", () => {
  it("are created, shown, changed and deleted", async () => {
    expect(await server.sluice("applications", "list")).toBe(
      "No applications. Create one: sluice applications create NAME\n",
    );
    await server.sluice("applications", "create", "shop", "--tag", "team=web");
    expect(await server.sluice("applications", "show", "shop")).toMatch(/^tags +team=web$/m);
    expect(await json("applications", "show", "shop")).toMatchObject({ tags: [{ Key: "team", Value: "web" }] });
    expect(await server.sluice("applications", "list")).toMatch(/\nshop +Server +\d+ s ago\n$/);
    await server.sluice("configs", "create", "half", "--minimum-healthy", "50%");
    const unselected = ["--application", "shop", "--group", "later", "--auto-rollback", "alarm"];
    expect(await server.sluice("groups", "create", ...unselected)).toBe(
      "The group later is created.\nIt selects no hosts yet. Next: sluice groups update --application shop --group later --tag Key=Value\nIt rolls back on an alarm, but no alarm is named. Add one: sluice groups update --application shop --group later --alarm NAME\n",
    );
    await server.sluice("groups", "delete", "--application", "shop", "--group", "later", "--yes");
    const group = ["--application", "shop", "--group", "prod"];
    await server.sluice("groups", "create", ...group, "--tag", "Fleet=verbs", "--config", "half");
    await server.sluice("groups", "update", ...group, "--auto-rollback", "failure", "--alarm", "errors");
    const shown = await server.sluice("groups", "show", ...group);
    for (const line of [
      /^group +shop\/prod$/m,
      /^config +half$/m,
      /^hosts +Fleet=verbs$/m,
      /^rollback +on failure$/m,
    ]) {
      expect(shown).toMatch(line);
    }
    expect(Math.max(...(await server.sluice("configs", "list")).split("\n").map(({ length }) => length))).toBeLessThan(
      81,
    );

    // What is printed makes the same group again.
    const file = join(work, "group.json");
    const printed = await json("groups", "show", ...group);
    writeFileSync(file, JSON.stringify(printed));
    await server.sluice("groups", "create", "--application", "shop", "--group", "copy", "--from-json", file);
    const copy = await json("groups", "show", "--application", "shop", "--group", "copy");
    expect({ ...copy, deploymentGroupId: "", deploymentGroupName: "" }).toEqual({
      ...printed,
      deploymentGroupId: "",
      deploymentGroupName: "",
    });

    await server.sluice("applications", "update", "shop", "--new-name", "store");
    expect(await server.sluice("groups", "list", "--application", "store")).toMatch(/^store\/copy .*Fleet=verbs$/m);
    const unasked = await server.run("applications", "delete", "store");
    expect(unasked.exitCode).toBe(2);
    expect(unasked.stderr).toContain("with 2 groups and the history of 0 deployments. There is no terminal");
    expect(unasked.stderr).toMatch(/To do it: sluice applications delete store .*--yes$/m);
    expect(await json("applications", "list")).toHaveLength(1);
    expect((await server.run("groups", "delete", "--application", "store", "--group", "copy")).exitCode).toBe(2);
    await server.sluice("groups", "delete", "--application", "store", "--group", "copy", "--yes");
    await server.sluice("applications", "delete", "store", "--yes");
    await server.sluice("configs", "delete", "half");
    const gone = await server.run("applications", "delete", "store", "--yes");
    expect(gone).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("ApplicationDoesNotExistException") });
  });
});

describe("deployments", () => {
  const group = ["--application", "web", "--group", "demo"];
  const directory = () => join(work, "revision");

  it("a directory, its archive and what is in a bucket are deployed, listed and shown", async () => {
    await server.sluice("applications", "create", "web");
    await server.sluice("groups", "create", ...group, "--tag", "Fleet=verbs");
    mkdirSync(directory());
    writeFileSync(join(directory(), "appspec.yml"), "version: 0.0\nos: linux\n");
    const first = await server.run("deploy", directory(), ...group, "--watch");
    expect(first.exitCode, first.stderr).toBe(0);
    const location = /s3:\/\/\S+/.exec(first.stdout)?.[0] ?? "";

    const archive = join(work, "archive.tgz");
    execFileSync("tar", ["-czf", archive, "-C", directory(), "."]);
    const options = [
      "--ignore-application-stop-failures",
      "--file-exists-behavior",
      "OVERWRITE",
      "--auto-rollback",
      "off",
    ];
    const second = await server.run("deploy", archive, ...group, ...options, "--watch");
    expect(second.exitCode, second.stderr).toBe(0);
    const third = (await server.sluice("deploy", "--s3-location", location, ...group, "--description", "again")).trim();
    expect((await server.run("watch", third)).exitCode).toBe(0);

    const listed = await json("deployments", "list", ...group);
    expect(listed).toHaveLength(3);
    expect(listed[0]).toMatchObject({ deploymentId: third, description: "again", status: "Succeeded" });
    expect(listed[1]).toMatchObject({
      ignoreApplicationStopFailures: true,
      fileExistsBehavior: "OVERWRITE",
      revision: { s3Location: { key: expect.stringMatching(/^web\/archive-[0-9a-f]{12}\.tgz$/), bundleType: "tgz" } },
    });
    const ofAll = await json("deployments", "list", "--application", "web", "--status", "succeeded");
    expect(ofAll).toEqual(listed);
    expect(await json("deployments", "list", "--application", "web", "--limit", "1")).toEqual([listed[0]]);
    const ofNone = await server.run("deployments", "list", "--group", "demo");
    expect(ofNone).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--group needs --application") });
    const logs = await server.run("logs", third, "--event", "downloadbundle");
    expect(logs.exitCode, logs.stderr).toBe(0);
    const limited = await server.sluice("deployments", "list", "--limit", "1", "--status", "Succeeded");
    expect(limited).toMatch(/^DEPLOYMENT.*\nd-\w{9} +Succeeded .* web\/demo +s3:.*\nThere are more: --limit 2\n$/);
    const found = await server.sluice("deployments", "list", "--text", "AGAIN", "--host", "web-1", "--since", "1h");
    expect(found).toMatch(new RegExp(`^DEPLOYMENT.*\\n${third} +Succeeded [^\\n]*\\n$`));
    expect(await server.sluice("deployments", "list", "--until", "1h", "--platform", "server")).toBe(
      "No deployments.\n",
    );
    expect(await server.run("deployments", "list", "--since", "yesterday")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('"yesterday" is not a time'),
    });
    expect(await server.sluice("deployments", "targets", third)).toMatch(
      /^TARGET +STATUS +EVENTS[^\n]*\nweb-1 \(i-\w+\) +Succeeded +\d\/\d +\w+ Succeeded/,
    );
    expect(await json("deployments", "targets", third)).toMatchObject([{ hostName: "web-1", type: "host" }]);
    const story = await server.sluice("status", third);
    expect(story).toMatch(
      new RegExp(`^Deployed ${location} to the host of web/demo in [^\\n]+\\n  status: Succeeded\\n`),
    );
    // The one in between was of another bundle.
    expect(story).toMatch(
      /\n {2}sluice rollback --application web --group demo --to d-\w{9} --data \S+\n {4}Deploys s3:/,
    );
    expect(await json("status", third)).toMatchObject({
      deployment: { deploymentId: third, targets: { succeeded: 1 } },
    });
    const all = await server.sluice("status");
    expect(all).toMatch(/^Nothing waits for you\.\n\nNothing is being deployed\.\n\nGroups:\n/);
    expect(all).toMatch(new RegExp(`\\nweb/demo +Server +\\d+ [a-z]+ ago +${third} Succeeded +s3:`));
    expect(all).toMatch(/\nHosts: 1 alive/);
    expect(await json("status")).toMatchObject({ attention: [], hosts: [{ state: "alive", count: 1 }] });
    expect(await server.sluice("deployments", "show", third)).toMatch(
      /^deployment +d-\w{9}\ngroup +web\/demo\nstatus +Succeeded\n[\s\S]*\nHOST +STATUS +LAST EVENT\nweb-1 \(i-\w+\) +Succeeded +\w+\n$/,
    );
  });

  it("one thing is deployed at a time", async () => {
    const nothing = await server.run("deploy", ...group);
    expect(nothing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("nothing to deploy") });
    const both = await server.run("deploy", directory(), "--github-location", "a/b@c", ...group);
    expect(both).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("give one of PATH") });
  });

  it("the end of the log is printed of an agent that does not stream", async () => {
    const { hostId } = await json("hosts", "add", "aws-1", "--tag", "Fleet=aws");
    const aws = ["--application", "web", "--group", "aws"];
    await server.sluice("groups", "create", ...aws, "--tag", "Fleet=aws");
    // It polls first: a declared host that has never polled fails at its turn.
    const failed = failAsAwsAgent(`arn:aws:ec2:us-east-1:111122223333:instance/${hostId}`);
    await until("the host polls", async () => (await json("hosts", "show", "aws-1")).state === "alive");
    const deploymentId = (await server.sluice("deploy", directory(), ...aws)).trim();
    await failed;
    const { stdout, stderr } = await server.run("logs", deploymentId, "-f");
    expect(stdout).toBe(
      `== aws-1 (${hostId}) ApplicationStop stop.sh\n  LifecycleEvent - ApplicationStop\n  [stderr]no\n`,
    );
    expect(stderr).toContain("only the end of the log");
    const entries = (await server.sluice("logs", deploymentId, "--json")).trim().split("\n");
    expect(entries.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ hostName: "aws-1", lifecycleEvent: "ApplicationStop", scriptName: "stop.sh" }),
    ]);
  });
});

/** Takes the host's first command as AWS's agent does, and says that its script failed. */
async function failAsAwsAgent(HostIdentifier: string): Promise<void> {
  const client = commandClient(connectionTo(resolveConnection({ data: server.data }), "codedeploy"));
  try {
    const { HostCommand: command } = await until("a command", async () => {
      const answer = await client.call("PollHostCommand", { HostIdentifier });
      return answer.HostCommand !== undefined && answer;
    });
    const HostCommandIdentifier = command?.HostCommandIdentifier ?? "";
    await client.call("PutHostCommandAcknowledgement", { HostCommandIdentifier });
    const log = "LifecycleEvent - ApplicationStop\n[stderr]no\n";
    const payload = { error_code: 4, script_name: "stop.sh", message: "it failed", log };
    await client.call("PutHostCommandComplete", {
      HostCommandIdentifier,
      CommandStatus: "Failed",
      Diagnostics: { Format: "JSON", Payload: JSON.stringify(payload) },
    });
  } finally {
    client.close();
  }
}
