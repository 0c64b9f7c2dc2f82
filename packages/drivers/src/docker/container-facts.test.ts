import { describe, expect, it } from "vitest";
import { factsOf } from "./container-facts.ts";
import { IDENTITY, INSTALLATION, newInspected } from "./inspected-container.fixture.ts";

const STARTED = "2026-11-29T16:33:13.123456789Z";
const FINISHED = "2026-11-29T16:33:14.5Z";
const facts = (...values: Parameters<typeof newInspected>) => factsOf(newInspected(...values), IDENTITY, INSTALLATION);

describe("what the engine says of a container", () => {
  it.each([
    ["created", {}, "created"],
    ["created", { Error: "exec: not found", ExitCode: 127 }, "created"],
    ["running", { StartedAt: STARTED }, "running"],
    ["paused", { StartedAt: STARTED }, "running"],
    ["restarting", { StartedAt: STARTED }, "running"],
    ["exited", { StartedAt: STARTED, FinishedAt: FINISHED }, "exited"],
    ["removing", { StartedAt: STARTED, FinishedAt: FINISHED }, "exited"],
    ["dead", { StartedAt: STARTED, FinishedAt: FINISHED }, "exited"],
    ["dead", {}, "created"],
  ])("is read: %s with %j is %s", (Status, values, state) => {
    expect(facts({ Status, ...values }).state).toBe(state);
  });

  it("has times in milliseconds, and none of what never was", () => {
    expect(facts()).toMatchObject({ startedAt: null, finishedAt: null, exitCode: null });
    expect(facts({ Status: "running", StartedAt: STARTED })).toMatchObject({
      startedAt: Date.UTC(2026, 10, 29, 16, 33, 13, 123),
      finishedAt: null,
      exitCode: null,
    });
    const ended = { Status: "exited", StartedAt: STARTED, FinishedAt: FINISHED, ExitCode: 137, OOMKilled: true };
    expect(facts(ended)).toMatchObject({ finishedAt: Date.parse(FINISHED), exitCode: 137, wasOutOfMemory: true });
  });

  it("never ends before it has started, whatever the engine noted first", () => {
    const ended = { Status: "exited", StartedAt: FINISHED, FinishedAt: STARTED, ExitCode: 0 };
    expect(facts(ended)).toMatchObject({ startedAt: Date.parse(FINISHED), finishedAt: Date.parse(FINISHED) });
  });

  it("has the health with the newest words of its check", () => {
    expect(facts({ Health: { Status: "none" } })).toMatchObject({ health: "none", healthDetail: "" });
    const Log = [{ Output: "old" }, { Output: ` ${"x".repeat(1000)}\n` }];
    const { health, healthDetail } = facts({ Health: { Status: "unhealthy", Log } });
    expect(health).toBe("unhealthy");
    expect(healthDetail).toBe("x".repeat(300));
    expect(facts({ Health: { Status: "starting", Log: null } })).toMatchObject({
      health: "starting",
      healthDetail: "",
    });
  });

  it("has its address and ports while it runs", () => {
    const inspected = {
      ...newInspected({ Status: "running", StartedAt: STARTED }),
      NetworkSettings: {
        Networks: { "sluice-a1": { IPAddress: "10.1.0.2" }, other: { IPAddress: "10.2.0.2" } },
        Ports: {
          "81/tcp": [{ HostIp: "127.0.0.1", HostPort: "8081" }],
          "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }],
          "53/udp": null,
        },
      },
    };
    expect(factsOf(inspected, IDENTITY, INSTALLATION)).toMatchObject({
      address: "10.1.0.2",
      publishedPorts: [
        { containerPort: 80, protocol: "tcp", hostPort: 8080 },
        { containerPort: 81, protocol: "tcp", hostPort: 8081 },
      ],
    });
  });
});
