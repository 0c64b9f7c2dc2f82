import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adoptGroup } from "@sluice/agent/adopt/adopt-group.ts";
import { listGroupRecords } from "@sluice/agent/adopt/group-records.ts";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { tgzBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { listedHosts } from "../installation/listed-hosts.fixture.ts";
import { startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { runProgram, SLUICE, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-adopt-"));
  folders.push(folder);
  return folder;
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function appSpecOf(destination: string, file: string): string {
  return `version: 0.0
os: linux
files:
  - source: ${file}
    destination: ${destination}
hooks:
  ApplicationStop:
    - location: stop.sh
`;
}

it("lets a group with another id go on from what the former one has installed", { timeout: 120_000 }, async () => {
  const server = await startSluiceServer();
  const codeDeploy = await CodeDeploy.begin(server);
  const agent = await startSluiceAgent(server, { name: "moved", tags: ["Fleet=moved"] });
  try {
    const destination = newFolder();
    const stopped = join(destination, "..", `stopped-${process.pid}`);
    folders.push(stopped);
    const bundleWith = (file: string) =>
      codeDeploy.put(
        tgzBundle(appSpecOf(destination, file), { [file]: file, "stop.sh": `#!/bin/sh\necho ${file} >> ${stopped}\n` }),
      );
    for (const group of ["at-aws", "here"]) await codeDeploy.createGroup({ group, fleet: "moved" });
    const idOf = async (group: string) => {
      const shown = JSON.parse(
        await server.sluice("groups", "show", "--application", "web", "--group", group, "--json"),
      );
      return shown.deploymentGroupId as string;
    };
    expect(await codeDeploy.end(await codeDeploy.deploy("at-aws", await bundleWith("one.txt")))).toMatchObject({
      status: "Succeeded",
    });
    const [from, to] = [await idOf("at-aws"), await idOf("here")];
    const adopt = (...args: string[]) => runProgram(SLUICE, ["agent", "adopt", "--from", agent.directory, ...args]);
    const move = ["--group", from, "--as", to, "--data", agent.directory];

    const whileRunning = await adopt(...move);
    expect(whileRunning).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("an agent runs in") });
    await agent.stop();
    expect(JSON.parse((await adopt("--json")).stdout)).toMatchObject([
      { groupId: from, installed: [join(destination, "one.txt")] },
    ]);
    expect(await adopt(...move)).toMatchObject({ exitCode: 0, stderr: "" });
    agent.start();
    await until("the agent polls again", async () => (await listedHosts(server))[0]?.state === "alive");

    // Without its records the file stays, the old script does not run, and a second file of the same name would be refused.
    expect(await codeDeploy.end(await codeDeploy.deploy("here", await bundleWith("two.txt")))).toMatchObject({
      status: "Succeeded",
    });
    expect(readFileSync(stopped, "utf8")).toBe("one.txt\n");
    expect(existsSync(join(destination, "one.txt"))).toBe(false);
    expect(existsSync(join(destination, "two.txt"))).toBe(true);
  } finally {
    codeDeploy.close();
    await agent.close();
    await server.close();
  }
});

describe("records of a group", () => {
  let from: string;
  let to: string;
  const call = () => ({ from, to, groupId: "old", asGroupId: "new", replace: false });

  beforeEach(() => {
    from = newFolder();
    to = join(newFolder(), "agent");
    const archive = join(from, "old/d-1/deployment-archive");
    mkdirSync(archive, { recursive: true });
    writeFileSync(join(archive, "appspec.yml"), "version: 0.0\n");
    mkdirSync(join(from, "deployment-instructions"));
    for (const pointer of ["last_successful", "most_recent"]) {
      writeFileSync(join(from, `deployment-instructions/old_${pointer}_install`), join(from, "old/d-1"));
    }
    writeFileSync(join(from, "deployment-instructions/old-cleanup"), "/srv/one\n/srv/tw\u00f6\n");
  });

  afterEach(() => {
    for (const each of [from, to]) rmSync(each, { recursive: true, force: true });
  });

  it("are copied whole, and the way back is the same", async () => {
    mkdirSync(join(from, "deployment-instructions/old-replaced"));
    writeFileSync(join(from, "deployment-instructions/old-replaced/list"), "1:2:3 /srv/one\n");
    await adoptGroup(call());
    expect(readFileSync(join(to, "deployment-instructions/new-replaced/list"), "utf8")).toBe("1:2:3 /srv/one\n");
    expect(readFileSync(join(to, "deployment-instructions/new_last_successful_install"), "utf8")).toBe(
      join(to, "new/d-1"),
    );
    expect(listGroupRecords(to)).toMatchObject([
      { groupId: "new", lastSuccessful: "d-1", mostRecent: "d-1", installed: ["/srv/one", "/srv/tw\u00f6"] },
    ]);
    expect(existsSync(join(to, "new/d-1/deployment-archive/appspec.yml"))).toBe(true);
    expect(listGroupRecords(from)).toHaveLength(1);

    const back = { from: to, to: from, groupId: "new", asGroupId: "old", replace: false };
    await expect(adoptGroup(back)).rejects.toThrow("has records of the group old already");
    await adoptGroup({ ...back, replace: true });
    expect(readFileSync(join(from, "deployment-instructions/old_most_recent_install"), "utf8")).toBe(
      join(from, "old/d-1"),
    );
  });

  it.each([
    ["no such group", () => ({ groupId: "other" }), "has nothing of the group other"],
    ["an id that leads elsewhere", () => ({ asGroupId: "../../etc" }), '--as is "../../etc"'],
    ["no such directory", () => ({ from: "/nowhere" }), "/nowhere does not exist"],
    ["itself", () => ({ to: from, asGroupId: "old" }), "under this id already"],
  ])("are refused for %s, and nothing is made", async (_name, changes, message) => {
    await expect(adoptGroup({ ...call(), ...changes() })).rejects.toThrow(message);
    expect(existsSync(to)).toBe(false);
  });

  it.each(["/", "..", "/var/lib/agent/old/..", "."])(
    "are refused when a pointer leads out of the group: %s",
    async (text) => {
      writeFileSync(join(from, "deployment-instructions/old_most_recent_install"), text);
      mkdirSync(join(to, "new"), { recursive: true });
      writeFileSync(join(to, "credentials.json"), "{}");
      await expect(adoptGroup(call())).rejects.toThrow("names no deployment. Remove it");
      expect(existsSync(join(to, "credentials.json"))).toBe(true);
    },
  );

  it("are refused when a deployment is missing that a pointer names", async () => {
    rmSync(join(from, "old/d-1"), { recursive: true });
    await expect(adoptGroup(call())).rejects.toThrow("old/d-1 is missing");
  });

  it("are refused while AWS's agent runs, and a process that only has its number is not that", async () => {
    const root = join(from, "deployment-root");
    mkdirSync(join(from, "state/.pid"), { recursive: true });
    mkdirSync(join(root, "deployment-instructions"), { recursive: true });
    mkdirSync(join(root, "old/d-1"), { recursive: true });
    writeFileSync(join(root, "deployment-instructions/old_most_recent_install"), join(root, "old/d-1"));
    const pidFile = join(from, "state/.pid/codedeploy-agent.pid");
    const agent = spawn("sh", ["-c", "read wait", "codedeploy-agent: master"], { stdio: ["pipe", "ignore", "ignore"] });
    try {
      writeFileSync(pidFile, String(agent.pid));
      await expect(adoptGroup({ ...call(), from: root })).rejects.toThrow("AWS's agent runs in");
      writeFileSync(pidFile, String(process.pid));
      await adoptGroup({ ...call(), from: root });
      expect(listGroupRecords(to)).toHaveLength(1);
    } finally {
      agent.kill("SIGKILL");
    }
  });
});
