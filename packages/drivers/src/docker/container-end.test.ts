import { describe, expect, it } from "vitest";
import { removeContainer, stopContainer } from "./container-end.ts";
import { openEngineApi } from "./engine-api.ts";
import { type FakeAnswer, startFakeEngine } from "./fake-engine.fixture.ts";
import { INSTALLATION, newInspected } from "./inspected-container.fixture.ts";

const never = new AbortController().signal;
const STARTED = "2026-11-29T16:33:13Z";
const exited = newInspected({ Status: "exited", StartedAt: STARTED });
const running = newInspected({ Status: "running", StartedAt: STARTED });

async function open(answers: Readonly<Record<string, FakeAnswer>>) {
  const { socket } = await startFakeEngine(answers);
  const clock = { now: 0 };
  const dependencies = {
    api: openEngineApi(socket),
    installation: INSTALLATION,
    now: () => clock.now,
    stops: new Map<string, number>(),
  };
  return { clock, dependencies };
}

describe("the removal of a container", () => {
  it.each<[string, FakeAnswer, object]>([
    ["works", (_request, response) => void response.writeHead(204).end(), { outcome: "done" }],
    ["has been done", { status: 404, message: "No such container: c1" }, { outcome: "done" }],
    [
      "is under way",
      { status: 409, message: "removal of container c1 is already in progress" },
      { outcome: "pending", detail: "removal of container c1 is already in progress" },
    ],
    [
      "is refused",
      { status: 500, message: "driver failed to remove root filesystem:\n device or resource busy\n" },
      { outcome: "failed", reason: "driver failed to remove root filesystem: device or resource busy" },
    ],
  ])("%s", async (_name, answer, outcome) => {
    const { dependencies } = await open({
      "GET /containers/c1/json": { json: exited },
      "DELETE /containers/c1": answer,
    });
    expect(await removeContainer("c1", dependencies, never)).toMatchObject(outcome);
  });

  it("leaves a volume that another container of the task has", async () => {
    const Mounts = [
      { Type: "volume", Name: "shared", Source: "" },
      { Type: "bind", Source: "/srv/data" },
    ];
    const { dependencies } = await open({
      "GET /containers/c1/json": { json: { ...exited, Mounts } },
      "DELETE /containers/c1": (_request, response) => void response.writeHead(204).end(),
      "DELETE /volumes/shared": { status: 409, message: "volume is in use" },
    });
    expect(await removeContainer("c1", dependencies, never)).toEqual({ outcome: "done" });
  });
});

describe("the stop of a container", () => {
  it("sends the image's signal once, and SIGKILL when its time is over", async () => {
    const sent: (string | null)[] = [];
    const Config = { ...running.Config, StopSignal: "SIGQUIT", StopTimeout: 30 };
    const { clock, dependencies } = await open({
      "GET /containers/c1/json": { json: { ...running, Config } },
      "POST /containers/c1/kill": (request, response) => {
        sent.push(new URL(request.url ?? "", "http://docker").searchParams.get("signal"));
        response.writeHead(204).end();
      },
    });
    for (const now of [0, 10_000, 29_999]) {
      clock.now = now;
      expect(await stopContainer("c1", dependencies, never)).toMatchObject({ outcome: "pending" });
    }
    expect(sent).toEqual(["SIGQUIT"]);
    clock.now = 30_000;
    await stopContainer("c1", dependencies, never);
    expect(sent).toEqual(["SIGQUIT", "SIGKILL"]);
  });

  it.each([
    ["it has ended meanwhile", 409, "Container c1 is not running", { outcome: "pending" }],
    ["it is gone meanwhile", 404, "No such container: c1", { outcome: "pending" }],
    ["somebody has paused it", 409, "Container c1 is paused", { outcome: "failed", reason: "Container c1 is paused" }],
  ])("is answered when %s", async (_name, status, message, outcome) => {
    const { dependencies } = await open({
      "GET /containers/c1/json": { json: running },
      "POST /containers/c1/kill": { status, message },
    });
    expect(await stopContainer("c1", dependencies, never)).toMatchObject(outcome);
  });
});
