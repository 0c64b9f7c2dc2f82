import { Journal } from "@sluice/agent/protocol/journal.ts";
import { IN_PLACE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
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
  server.givesNext = true;
  directory = enrolledDirectory(server);
  host = new FakeHost();
});
afterEach(async () => {
  vi.restoreAllMocks();
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
const ALL = IN_PLACE_EVENTS.map((event) => `d-1:${event}`);
const ended = (commandId: string) => until(() => server.completionsOf(commandId).length > 0);

it("the events of a deployment come with the answers to the reports: one is polled for, and acknowledged", async () => {
  server.deploy("d-1", IN_PLACE_EVENTS);
  start();
  await ended("d-1:ValidateService");
  expect(host.started).toEqual(ALL);
  expect(server.completions.map(({ commandId, status }) => `${commandId} ${status}`)).toEqual(
    ALL.map((commandId) => `${commandId} Succeeded`),
  );
  expect(server.callsOf("PutHostCommandAcknowledgement")).toHaveLength(1);
  // The first is not held, the second brings the first event, the third waits for the next deployment.
  expect(server.callsOf("PollHostCommand").length).toBeLessThanOrEqual(3);
});

it("each runs once where every answer to a report is lost at first", async () => {
  const lost = new Set<string>();
  server.fault = ({ operation, input }) => {
    if (operation !== "PutHostCommandComplete" || lost.has(input.HostCommandIdentifier)) return undefined;
    lost.add(input.HostCommandIdentifier);
    return "lose-answer";
  };
  server.deploy("d-1", IN_PLACE_EVENTS);
  start();
  await until(() => server.completionsOf("d-1:ValidateService").length > 1);
  expect(host.started).toEqual(ALL);
  expect(server.callsOf("PutHostCommandAcknowledgement")).toHaveLength(1);
});

it("the heartbeats list it from the moment that it came until its end is answered", async () => {
  let release = () => {};
  host.act = ({ commandName }) =>
    commandName === "AfterInstall"
      ? new Promise((resolve) => {
          release = () => resolve(SUCCEEDED);
        })
      : Promise.resolve(SUCCEEDED);
  server.deploy("d-1", ["Install", "AfterInstall"]);
  start();
  await until(() => host.running === 1);
  const heartbeats = server.callsOf("HostHeartbeat").length;
  await until(() => server.callsOf("HostHeartbeat").length > heartbeats);
  expect(server.callsOf("HostHeartbeat").at(-1)!.input.heldCommands).toEqual(["d-1:AfterInstall"]);
  release();
  await ended("d-1:AfterInstall");
});

it("an agent that stops takes nothing more", async () => {
  let release = () => {};
  host.act = () =>
    new Promise((resolve) => {
      release = () => resolve(SUCCEEDED);
    });
  server.deploy("d-1", ["Install", "AfterInstall"]);
  start();
  await until(() => host.running === 1);
  const stopped = agent!.stop();
  release();
  expect(await stopped).toBe(0);
  expect(server.callsOf("PutHostCommandComplete").map(({ input }) => input.TakesNextCommand)).toEqual([undefined]);
  expect(host.started).toEqual(["d-1:Install"]);
});

it("what came before the agent was told to stop is run, since the server waits for it", async () => {
  server.fault = ({ operation }) => {
    if (operation === "PutHostCommandComplete" && server.completions.length === 0) void agent?.stop();
    return undefined;
  };
  server.deploy("d-1", ["Install", "AfterInstall", "ApplicationStart"]);
  start();
  expect(await agent!.exitCode).toBe(0);
  expect(host.started).toEqual(["d-1:Install", "d-1:AfterInstall"]);
  expect(server.completions.map(({ status }) => status)).toEqual(["Succeeded", "Succeeded"]);
});

it("an event that has run here, and that a forgetful server gives again, is answered and not run", async () => {
  // An offer that comes before the agent has heard that the last outcome arrived is dropped; a server makes it again.
  server.reofferMs = SOON_MILLISECONDS;
  server.deploy("d-1", ["Install", "AfterInstall"]);
  start();
  await ended("d-1:AfterInstall");
  server.forgetProgress("d-1:AfterInstall");
  server.forgetProgress("d-1:Install");
  await until(() => server.completionsOf("d-1:AfterInstall").length > 1);
  expect(host.started).toEqual(["d-1:Install", "d-1:AfterInstall"]);
});

it("it is answered also while the disk is slow to take how it ended", async () => {
  const slow = Promise.withResolvers<void>();
  const { end } = Journal.prototype;
  vi.spyOn(Journal.prototype, "end").mockImplementation(async function (this: Journal, commandId, outcome) {
    await end.call(this, commandId, outcome);
    if (commandId === "d-1:AfterInstall") await slow.promise;
  });
  server.reofferMs = SOON_MILLISECONDS;
  server.deploy("d-1", ["Install", "AfterInstall"]);
  start();
  await ended("d-1:AfterInstall");
  server.forgetProgress("d-1:AfterInstall");
  server.forgetProgress("d-1:Install");
  await until(() => server.completionsOf("d-1:AfterInstall").length > 1);
  slow.resolve();
  expect(host.started).toEqual(["d-1:Install", "d-1:AfterInstall"]);
});

it("what is refused fails the event that came with an answer", async () => {
  server.deploy("d-1", ["Install", "Selfdestruct"]);
  start();
  await ended("d-1:Selfdestruct");
  expect(host.started).toEqual(["d-1:Install"]);
  expect(server.completionsOf("d-1:Selfdestruct")).toMatchObject([
    { status: "Failed", diagnostics: { error_code: 5 } },
  ]);
});
