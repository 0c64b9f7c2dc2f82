import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { CommandOutcome } from "@sluice/agent/host/lifecycle-command.ts";
import { Journal } from "@sluice/agent/protocol/journal.ts";
import { readAgentStatus } from "@sluice/agent/status.ts";
import { IN_PLACE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import {
  createSigningCertificate,
  loadSigningKey,
  signSpecification,
} from "@sluice/server/signing/specification-envelope.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  enrolledDirectory,
  FakeHost,
  removeDirectory,
  type StartedAgent,
  SUCCEEDED,
  startAgent,
  until,
} from "./agent-bench.fixture.ts";
import { FakeCommandServer, SOON_MILLISECONDS } from "./fake-command-server.fixture.ts";

let server: FakeCommandServer;
let directory: string;
let host: FakeHost;
let agent: StartedAgent | undefined;

beforeEach(async () => {
  server = await FakeCommandServer.start();
  directory = enrolledDirectory(server);
  host = new FakeHost();
});
afterEach(async () => {
  host.act = async () => SUCCEEDED;
  await agent?.stop();
  agent = undefined;
  await server.goAway();
  removeDirectory(directory);
});

const start = () => {
  agent = startAgent(directory, host);
  return agent;
};
const completed = (count: number) => until(() => server.completions.length >= count);

describe("a deployment", () => {
  it("runs each event once, in order, and asks for the specification once, with the bundle's URL", async () => {
    server.deploy("d-1", IN_PLACE_EVENTS);
    start();
    await completed(7);
    expect(host.started).toEqual(IN_PLACE_EVENTS.map((event) => `d-1:${event}`));
    expect(server.completions.map(({ status }) => status)).toEqual(Array(7).fill("Succeeded"));
    expect(server.callsOf("GetDeploymentSpecification")).toHaveLength(1);
    expect(host.bundleUrls[1]).toMatch(/\/bundle\?asked=/);
    // The server is told of the end before the agent forgets the deployment.
    await until(() => readdirSync(join(directory, "ongoing-deployment")).length === 0);
  });

  it("goes on when the journal cannot take a script's number, as on a disk that is full", async () => {
    const recording = vi.spyOn(Journal.prototype, "recordScript").mockImplementation(() => {
      throw Object.assign(new Error("no space left on device, write"), { code: "ENOSPC" });
    });
    try {
      host.act = async () => {
        const script = spawn("cat", { detached: true, stdio: ["pipe", "ignore", "ignore"] });
        await until(() => recording.mock.calls.length > 0);
        script.stdin.end();
        await once(script, "exit");
        return SUCCEEDED;
      };
      server.deploy("d-1", ["BeforeInstall"]);
      start();
      await completed(1);
      expect(server.completions[0]).toMatchObject({ status: "Succeeded" });
    } finally {
      recording.mockRestore();
    }
  });

  it("says what an event would do before it runs, and obeys the answer", async () => {
    host.isNoopAnswer = (command) => command.commandName === "ApplicationStop";
    server.acknowledgementAnswer = "Succeeded";
    server.deploy("d-1", ["ApplicationStop"]);
    start();
    await until(() => server.callsOf("PutHostCommandAcknowledgement").length === 1);
    const { Diagnostics } = server.callsOf("PutHostCommandAcknowledgement")[0]!.input;
    expect(Diagnostics).toEqual({ Format: "JSON", Payload: '{"IsCommandNoop":true}' });
    server.acknowledgementAnswer = "Failed";
    server.deploy("d-2", ["ApplicationStop"]);
    await completed(1);
    expect(server.completions[0]).toMatchObject({ commandId: "d-2:ApplicationStop", status: "Succeeded" });
    expect(server.completions[0]!.diagnostics.message).toContain("CompletedNoopCommand");
    expect(host.started).toEqual([]);
  });

  it("reports a failure with its diagnostics, once, and cuts them to what the API takes", async () => {
    host.act = async () => ({ errorCode: 4, scriptName: "start.sh", message: `"\n`.repeat(9_000), log: "tail" });
    server.deploy("d-1", ["ApplicationStart"]);
    start();
    await completed(1);
    const { input } = server.callsOf("PutHostCommandComplete")[0]!;
    expect(input.CommandStatus).toBe("Failed");
    expect(input.Diagnostics.Payload.length).toBeLessThanOrEqual(8_192);
    expect(server.completions[0]!.diagnostics).toMatchObject({ error_code: 4, script_name: "start.sh" });
    await agent!.stop();
    expect(server.completions).toHaveLength(1);
  });

  it("fails with code 5 when the host throws", async () => {
    host.act = () => Promise.reject(new Error("no space left"));
    server.deploy("d-1", ["Install"]);
    start();
    await completed(1);
    expect(server.completions[0]).toMatchObject({
      status: "Failed",
      diagnostics: { error_code: 5, message: "no space left" },
    });
  });
});

describe("several deployment groups", () => {
  it("run beside each other, each group in turn, and polling goes on", async () => {
    const release = Promise.withResolvers<void>();
    host.act = () => release.promise.then(() => SUCCEEDED);
    for (let group = 1; group <= 20; group++) server.deploy(`d-${group}`, ["Install"], { groupId: `group-${group}` });
    server.deploy("d-extra", ["Install"], { groupId: "group-1" });
    start();
    await until(() => host.running === 16);
    const polls = server.callsOf("PollHostCommand").length;
    await until(() => server.callsOf("PollHostCommand").length > polls);
    expect(host.started).not.toContain("d-extra:Install");
    release.resolve();
    await completed(21);
    expect(host.runningMost).toBe(16);
    expect(new Set(host.started).size).toBe(host.started.length);
  });
});

describe("a network that loses things", () => {
  it("changes nothing about each event running once and being reported", async () => {
    server.reofferMs = SOON_MILLISECONDS;
    const seen = new Map<string, number>();
    // Of each operation: the first request lost, the second's answer lost, the third refused by a tired server; and so on.
    server.fault = ({ operation }) => {
      const count = (seen.get(operation) ?? 0) + 1;
      seen.set(operation, count);
      if (operation === "HostHeartbeat") return undefined;
      return ([undefined, "lose-request", "lose-answer", { status: 500, code: "InternalFailure" }] as const)[count % 4];
    };
    server.deploy("d-1", IN_PLACE_EVENTS);
    start();
    await until(() => server.completionsOf("d-1:ValidateService").length > 0);
    expect(host.started).toEqual(IN_PLACE_EVENTS.map((event) => `d-1:${event}`));
    expect(server.completions.every(({ status }) => status === "Succeeded")).toBe(true);
  });

  it("waits for a server that is away, and reports then", async () => {
    const running = Promise.withResolvers<void>();
    host.act = () => running.promise.then(() => SUCCEEDED);
    server.deploy("d-1", ["Install"]);
    start();
    await until(() => host.running === 1);
    await server.goAway();
    running.resolve();
    await until(() => agent!.lines.some((line) => line.includes("did not answer PutHostCommandComplete")));
    await server.listen();
    await completed(1);
    expect(server.completions).toMatchObject([{ commandId: "d-1:Install", status: "Succeeded" }]);
    expect(host.started).toEqual(["d-1:Install"]);
  });

  it("never runs an event again that a forgetful server offers again, but says again how it ended", async () => {
    host.act = async () => ({ errorCode: 4, scriptName: "s.sh", message: "it broke", log: "" });
    server.deploy("d-1", ["Install"]);
    // An offer that comes before the agent has heard that the last outcome arrived is dropped; a server makes it again.
    server.reofferMs = SOON_MILLISECONDS;
    start();
    await completed(1);
    server.forgetProgress("d-1:Install");
    await completed(2);
    server.offer("d-1:Install:second-offer", "111122223333/app/group/d-1", "Install");
    await completed(3);
    expect(new Set(server.completions.map(({ diagnostics }) => diagnostics.message))).toEqual(new Set(["it broke"]));
    expect(host.started).toEqual(["d-1:Install"]);
  });

  it("tells what to do when the server no longer knows the host", async () => {
    server.fault = ({ operation }) =>
      operation === "PollHostCommand" ? { status: 400, code: "UnrecognizedClientException" } : undefined;
    start();
    await until(() => agent!.lines.some((line) => line.includes("enrol the host again")));
    expect(agent!.lines.join("")).not.toContain("secret-of-the-host");
    expect((await readAgentStatus(directory)).running?.lastFailure).toBe("no");
  });
});

describe("what a host does not obey", () => {
  const refusalOf = async (commandId: string) => {
    await until(() => server.completionsOf(commandId).length > 0);
    expect(host.started).toEqual([]);
    expect(server.callsOf("PutHostCommandAcknowledgement")).toEqual([]);
    const [completion] = server.completionsOf(commandId);
    expect(completion).toMatchObject({ status: "Failed", diagnostics: { error_code: 5 } });
    return completion!.diagnostics.message;
  };

  it("a specification that another key signed, that was altered, or that is for another deployment", async () => {
    const other = await loadSigningKey(await createSigningCertificate());
    const usual = server.sign;
    server.sign = (json) => signSpecification(json, other);
    server.deploy("d-other", ["Install"]);
    start();
    expect(await refusalOf("d-other:Install")).toContain("another certificate");
    server.sign = async (json) => {
      const der = Buffer.from((await usual(json)).replace(/-----[^-]+-----/g, ""), "base64");
      der.write("X", der.indexOf('"app"') + 1);
      return der.toString("base64");
    };
    server.deploy("d-altered", ["Install"]);
    expect(await refusalOf("d-altered:Install")).toContain("altered");
    server.sign = (json) => usual(json.replace("d-replay", "d-earlier"));
    server.deploy("d-replay", ["Install"]);
    expect(await refusalOf("d-replay:Install")).toContain("is for deployment d-earlier");
  });

  it("a revision that is a path on the host, an unknown command, and an id that is no directory name", async () => {
    const local = { RevisionType: "Local Directory", LocalRevision: { Location: "/etc", BundleType: "directory" } };
    server.deploy("d-local", ["Install"], { specification: { Revision: local as never } });
    server.deploy("d-unknown", ["Selfdestruct"]);
    server.deploy("d-block", ["BlockTraffic"]);
    server.deploy("d-group", ["Install"], { groupId: "../../etc" });
    server.offer("x", "a/b/c/..", "Install");
    start();
    expect(await refusalOf("d-local:Install")).toContain("names a path on this host");
    expect(await refusalOf("d-unknown:Selfdestruct")).toContain("does not know the command");
    expect(await refusalOf("d-block:BlockTraffic")).toContain("does not know the command");
    expect(await refusalOf("d-group:Install")).toContain("cannot be a directory name");
    expect(await refusalOf("x")).toContain("DeploymentExecutionId");
  });
});

describe("an event's output", () => {
  it("reaches the server in order before the event's outcome", async () => {
    host.act = async (_command, sink) => {
      for (let line = 0; line < 500; line++) sink.write({ stream: "stdout", scriptName: "s.sh", text: `${line}\n` });
      return SUCCEEDED;
    };
    server.deploy("d-1", ["Install"]);
    start();
    await completed(1);
    const operations = server.calls.map(({ operation }) => operation);
    expect(operations.lastIndexOf("PutHostLogs")).toBeLessThan(operations.indexOf("PutHostCommandComplete"));
    const chunks = server.callsOf("PutHostLogs").flatMap(({ input }) => input.chunks);
    expect(chunks.map(({ sequence }) => sequence)).toEqual(chunks.map((_, index) => index));
    expect(chunks.map(({ text }) => text).join("")).toBe(
      Array.from({ length: 500 }, (_, line) => `${line}\n`).join(""),
    );
  });

  it("does not hold an event up when the server takes none, and marks what is beyond an event's share", async () => {
    host.act = async (_command, sink) => {
      for (let block = 0; block < 40; block++) {
        sink.write({ stream: "stdout", scriptName: "s.sh", text: "x".repeat(100_000) });
      }
      return SUCCEEDED;
    };
    server.deploy("d-1", ["Install"]);
    start();
    await completed(1);
    const chunks = server.callsOf("PutHostLogs").flatMap(({ input }) => input.chunks);
    const kept = chunks.filter(({ stream }) => stream === "stdout").reduce((sum, { text }) => sum + text.length, 0);
    expect(kept).toBe(1024 * 1024);
    expect(chunks.at(-1)).toMatchObject({ stream: "agent" });
    expect(chunks.at(-1).text).toContain(`${40 * 100_000 - 1024 * 1024} characters`);
  });
});

describe("stopping", () => {
  it("lets a running script end, reports it, says goodbye and exits with 0", async () => {
    const running = Promise.withResolvers<CommandOutcome>();
    host.act = () => running.promise;
    server.deploy("d-1", ["Install"]);
    start();
    await until(() => host.running === 1);
    const exitCode = agent!.stop();
    await until(() => agent!.lines.some((line) => line.includes("waiting for scripts")));
    expect((await readAgentStatus(directory)).running).toMatchObject({
      isStopping: true,
      heldCommands: [{ event: "Install", deploymentId: "d-1", state: "running" }],
    });
    running.resolve(SUCCEEDED);
    expect(await exitCode).toBe(0);
    expect(server.completions).toHaveLength(1);
    expect(server.callsOf("HostHeartbeat").at(-1)!.input).toMatchObject({ goodbye: true, heldCommands: [] });
    expect((await readAgentStatus(directory)).running).toBeUndefined();
  });

  it("heartbeats name what is held", async () => {
    const running = Promise.withResolvers<CommandOutcome>();
    host.act = () => running.promise;
    server.deploy("d-1", ["Install"]);
    start();
    await until(() => server.callsOf("HostHeartbeat").some(({ input }) => input.heldCommands.includes("d-1:Install")));
    running.resolve(SUCCEEDED);
    await completed(1);
  });
});

it("only one agent runs in a directory", async () => {
  start();
  await until(() => server.callsOf("PollHostCommand").length > 0);
  await expect(startAgent(directory, host).exitCode).rejects.toThrow(`is already running in this directory`);
  expect(await agent!.stop()).toBe(0);
  const next = startAgent(directory, host);
  agent = next;
  await until(() => next.lines.some((line) => line.includes("the agent runs")));
});
