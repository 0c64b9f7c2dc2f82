import { describe, expect, it } from "vitest";
import { createContainerList } from "./container-list.ts";
import { openEngineApi } from "./engine-api.ts";
import { startFakeEngine } from "./fake-engine.fixture.ts";
import { INSTALLATION, newInspected, newListed } from "./inspected-container.fixture.ts";

const never = new AbortController().signal;
const STARTED = "2026-11-29T16:33:13Z";

describe("the list of containers", () => {
  async function open(first: ReturnType<typeof newInspected>, firstStatus: string) {
    let inspected = first;
    let status = firstStatus;
    const { socket, asked } = await startFakeEngine({
      "GET /containers/json": (_request, response) => void response.end(JSON.stringify([newListed(inspected, status)])),
      "GET /containers/c1/json": (_request, response) => void response.end(JSON.stringify(inspected)),
    });
    const list = createContainerList(openEngineApi(socket), INSTALLATION);
    return {
      list,
      set: (to: ReturnType<typeof newInspected>, toStatus: string) => {
        inspected = to;
        status = toStatus;
      },
      /** How often the container was looked at by itself. */
      looks: () => asked.filter((path) => path.endsWith("/c1/json")).length,
    };
  }
  const running = newInspected({ Status: "running", StartedAt: STARTED });

  it("looks at each container once, for as long as nothing happens to it", async () => {
    const { list, set, looks } = await open(running, "Up 3 seconds");
    const facts = await list.read(never);
    set(running, "Up 2 hours");
    expect(await list.read(never)).toEqual(facts);
    expect(looks()).toBe(1);
    set(newInspected({ Status: "exited", StartedAt: STARTED, ExitCode: 1 }), "Exited (1) 1 second ago");
    expect(await list.read(never)).toMatchObject([{ state: "exited", exitCode: 1 }]);
    await list.read(never);
    expect(looks()).toBe(2);
  });

  it("looks again when health changes, and for as long as it is not well", async () => {
    const withHealth = (Status: string) => newInspected({ Status: "running", StartedAt: STARTED, Health: { Status } });
    const { list, set, looks } = await open(withHealth("starting"), "Up 1 second (health: starting)");
    for (const _ of [1, 2]) expect(await list.read(never)).toMatchObject([{ health: "starting" }]);
    expect(looks()).toBe(2);
    set(withHealth("healthy"), "Up 2 seconds (healthy)");
    for (const _ of [1, 2]) expect(await list.read(never)).toMatchObject([{ health: "healthy" }]);
    expect(looks()).toBe(3);
  });

  it("looks again when it is told of an event", async () => {
    const { list, set, looks } = await open(running, "Up 3 seconds");
    await list.read(never);
    const again = "2026-11-29T17:00:00Z";
    set(newInspected({ Status: "running", StartedAt: again }), "Up 1 second");
    list.forget("c1");
    expect(await list.read(never)).toMatchObject([{ startedAt: Date.parse(again) }]);
    list.forget();
    await list.read(never);
    expect(looks()).toBe(3);
  });

  it("looks each time at one that has not started: why changes with each attempt", async () => {
    const { list, looks } = await open(newInspected({ Error: "no" }), "Created");
    for (const _ of [1, 2]) expect(await list.read(never)).toMatchObject([{ state: "created", error: "no" }]);
    expect(looks()).toBe(2);
  });

  it("leaves out what goes meanwhile", async () => {
    const { socket } = await startFakeEngine({
      "GET /containers/json": { json: [newListed(running, "Up 3 seconds")] },
      "GET /containers/c1/json": { status: 404, message: "No such container: c1" },
    });
    expect(await createContainerList(openEngineApi(socket), INSTALLATION).read(never)).toEqual([]);
  });
});
