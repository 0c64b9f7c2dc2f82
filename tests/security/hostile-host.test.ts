import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { MAX_HOST_HEARTBEATS } from "@sluice/server/access/key-budgets.ts";
import { MAX_EVENT_OUTPUT_BYTES } from "@sluice/server/logs/event-progress.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hooksAppSpec, tgzBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy, eventOf } from "../installation/code-deploy.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { HostileHost, outputOf } from "./hostile-host.fixture.ts";

const MEBIBYTE = 1024 * 1024;
let server: SluiceServer;
let codeDeploy: CodeDeploy;
beforeAll(async () => {
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
});
afterAll(async () => {
  codeDeploy?.close();
  await server?.close();
});

/** A host of its own, so that no test uses up another's budget, and a deployment that means it. */
async function deployTo(name: string, zone?: string) {
  const host = await HostileHost.enrol(server, name, `Fleet=${name}`, zone);
  await codeDeploy.createGroup({ group: name, fleet: name });
  await host.beat();
  const bundle = tgzBundle(hooksAppSpec({ ApplicationStart: "start.sh" }), { "start.sh": "#!/bin/sh\n" });
  const deploymentId = await codeDeploy.deploy(name, await codeDeploy.put(bundle));
  return { host, deploymentId, command: await host.take() };
}

function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
const logBytes = () => bytesBelow(join(server.data, "logs"));

it("cannot fill the disk with the identifiers of an ended deployment, nor make the restart slow", async () => {
  const { host, deploymentId, command } = await deployTo("ended");
  await using _ = host;
  const { HostCommandIdentifier } = command;
  await host.complete(HostCommandIdentifier, { error_code: 5, script_name: "", message: "no", log: "" }, "Failed");
  await codeDeploy.end(deploymentId);
  const before = logBytes();
  const [id = "", event = "", attempt = ""] = HostCommandIdentifier.split(":");
  for (let call = 0; call < 20; call += 1) {
    const identifier = [id, event, attempt, `${call}`.padEnd(1_900_000, "o"), host.hostId].join(":");
    await expect(host.send(outputOf(identifier, 0, "x"))).rejects.toMatchObject({ code: "ValidationException" });
  }
  expect(logBytes() - before).toBe(0);
  // The last of the failure's own output is still taken.
  await host.send(outputOf(HostCommandIdentifier, 0, "the last words\n"));
  expect(await server.sluice("logs", deploymentId)).toContain("the last words");
  expect(logBytes() - before).toBeLessThan(1_000);
});

it("cannot make a deployment's record large, and its failure is kept all the same", async () => {
  const { host, deploymentId, command } = await deployTo("record");
  await using _ = host;
  const forged = command.HostCommandIdentifier.split(":").with(3, "o".repeat(200_000)).join(":");
  await expect(
    host.commands.call("PutHostCommandAcknowledgement", { HostCommandIdentifier: forged }),
  ).rejects.toMatchObject({ code: "ClientException" });
  const long = "m".repeat(70_000);
  const diagnostics = { error_code: 4, script_name: long, message: long, log: long };
  await host.complete(command.HostCommandIdentifier, diagnostics, "Failed");
  await codeDeploy.end(deploymentId);
  const failed = eventOf(await codeDeploy.target(deploymentId, host.hostId), command.CommandName);
  expect(failed.diagnostics?.errorCode).toBe("ScriptFailed");
  expect(failed.diagnostics?.message).toMatch(/^m+… \[cut: 70000 characters\]$/);
  expect(JSON.stringify(failed.diagnostics).length).toBeLessThan(16_000);
});

it("cannot store more of an event than is kept of one, counted in bytes of the disk", async () => {
  const { host, deploymentId, command } = await deployTo("output");
  await using _ = host;
  const { HostCommandIdentifier } = command;
  const before = logBytes();
  // Each zero character takes six bytes as it is stored, and four in flight are 1.5 MiB.
  const text = "\u0001".repeat(250_000);
  for (let sequence = 0; sequence < 12; sequence += 1) {
    await host.send(outputOf(HostCommandIdentifier, sequence, text));
  }
  expect(logBytes() - before).toBeLessThan(MAX_EVENT_OUTPUT_BYTES + MEBIBYTE / 64);
  expect(await server.sluice("logs", deploymentId)).toContain("output was not kept");
  await host.complete(HostCommandIdentifier, { error_code: 5, script_name: "", message: "no", log: "" }, "Failed");
  await codeDeploy.end(deploymentId);
});

it("is throttled when it calls too often, which nobody else notices", async () => {
  await using host = await HostileHost.enrol(server, "loud", "Fleet=loud");
  await using other = await HostileHost.enrol(server, "quiet", "Fleet=quiet");
  const answers = await Promise.allSettled(Array.from({ length: MAX_HOST_HEARTBEATS.burst * 3 }, () => host.beat()));
  const refused = answers.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
  expect(new Set(refused.map(({ reason }) => reason.code))).toEqual(new Set(["ThrottlingException"]));
  await other.beat();
});

it("cannot steer a terminal, by nothing that it says of itself, of its scripts or of its failures", async () => {
  const evil = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\u200b\u2028\rpassed";
  const { host, deploymentId, command } = await deployTo("evil", "rack\u202e1\u200b");
  await using _ = host;
  const { HostCommandIdentifier } = command;
  await host.send({ ...outputOf(HostCommandIdentifier, 0, `${evil}\n\tindented\n`), scriptName: `start${evil}` });
  const diagnostics = { error_code: 4, script_name: evil, message: evil, log: `${evil}\nlast\n` };
  await host.complete(HostCommandIdentifier, diagnostics, "Failed");
  await codeDeploy.end(deploymentId);
  const said = await Promise.all([
    server.run("hosts", "list"),
    server.run("hosts", "list", "--json"),
    server.run("logs", deploymentId),
    server.run("logs", deploymentId, "--json"),
    server.run("watch", deploymentId),
    server.run("watch", deploymentId, "--json"),
    server.run("plan", "--application", "web", "--group", "evil"),
    server.run("hosts", "remove", evil),
    server.run(evil),
  ]);
  for (const { stdout, stderr } of said) {
    expect(`${stdout}${stderr}`).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(`${stdout}${stderr}`).not.toBe("");
  }
  expect(said[2]?.stdout).toContain(
    "  \\x1b]0;owned\\x07\\x1b[2J\\x9b31m\\u202e\\u200b\\u2028\\rpassed\n  \tindented\n",
  );
  expect((JSON.parse(said[3]?.stdout ?? "") as { text: string }).text).toBe(`${evil}\n\tindented\n`);
  expect((await server.run("logs", deploymentId, "--raw")).stdout).toBe(`${evil}\n\tindented\n`);
});

it("leaves the server alive, with nothing in its log that a host wrote", async () => {
  const log = server.log();
  expect(log).not.toMatch(/o{1000}|m{1000}/);
  expect(log).not.toContain("a request failed with an internal error");
  expect((await fetch(new URL("/readyz", server.url()))).status).toBe(200);
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${serverProcess()}/status`, "utf8"))?.[1];
  expect(Number(rss) / 1024).toBeLessThan(700);
});

/** Its process's number, found by the data directory on its command line. */
function serverProcess(): number {
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(server.data)) return Number(entry);
    } catch {
      // Ended in the meantime.
    }
  }
  throw new Error("the server's process was not found");
}
