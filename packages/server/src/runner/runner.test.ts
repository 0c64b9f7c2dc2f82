import { ALWAYS_HEARD } from "@sluice/engine/heard-time.ts";
import { IN_PLACE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import { afterEach, describe, expect, it, vi } from "vitest";
import { quarantine } from "../planning/quarantine.ts";
import { takeNextSteps } from "../planning/take-next-steps.ts";
import { ChangeFeed } from "../store/change-feed.ts";
import { readHead } from "../store/deployments.ts";
import { readEvents } from "../store/events.ts";
import { playHost, type RunnerFixture, runnerFixture } from "./runner.fixture.ts";

const ALL_AT_ONCE = { type: "FLEET_PERCENT", value: 0 } as const;
const ONE_AT_A_TIME = { type: "MOST_CONCURRENCY", value: 1 } as const;

let fixture: RunnerFixture | undefined;
let stop = new AbortController();

afterEach(async () => {
  stop.abort();
  stop = new AbortController();
  await fixture?.close();
});

function terminal(deploymentId: string) {
  return vi.waitFor(
    async () => {
      const status = await fixture?.statusOf(deploymentId);
      expect(status).toMatch(/Succeeded|Failed|Stopped/);
      return status;
    },
    { interval: 5 },
  );
}

describe("runner", () => {
  it("takes every host through the seven events in order, and ends Succeeded", async () => {
    const hosts = ["a", "b", "c"];
    fixture = await runnerFixture(hosts);
    const ran: Record<string, string[]> = { a: [], b: [], c: [] };
    for (const host of hosts) void playHost(fixture, host, stop.signal, { ran: (event) => ran[host]?.push(event) });
    await fixture.createDeployment("d-AAAAAAAAA", ONE_AT_A_TIME);
    expect(await terminal("d-AAAAAAAAA")).toBe("Succeeded");
    for (const host of hosts) expect(ran[host]).toEqual(IN_PLACE_EVENTS);
  });

  it("numbers a deployment's events without a gap", async () => {
    fixture = await runnerFixture(["a", "b"]);
    for (const host of ["a", "b"]) void playHost(fixture, host, stop.signal);
    await fixture.createDeployment("d-AAAAAAAAA", ALL_AT_ONCE);
    await terminal("d-AAAAAAAAA");
    const events = await readEvents(fixture.store, { afterEventId: 0, limit: 1000 });
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]?.type).toBe("deploymentStarted");
    expect(events.at(-1)?.type).toBe("deploymentSucceeded");
  });

  it("touches no host where traffic has to move and nobody is named who moves it", async () => {
    const events: string[] = [];
    fixture = await runnerFixture(["a"]);
    void playHost(fixture, "a", stop.signal, { ran: (event) => events.push(event) });
    const strategy = { type: "in-place", hasTrafficControl: true, zones: null } as const;
    await fixture.createDeployment("d-AAAAAAAAA", ALL_AT_ONCE, { strategy });
    expect(await terminal("d-AAAAAAAAA")).toBe("Failed");
    const row = await fixture.store.db.selectFrom("deployments").selectAll().executeTakeFirstOrThrow();
    expect(row.error_code).toBe("ELASTIC_LOAD_BALANCING_INVALID");
    expect(events).toEqual([]);
  });

  it("stops admitting hosts when health is spent, and names the first failure", async () => {
    fixture = await runnerFixture(["a", "b", "c"]);
    for (const host of ["a", "b", "c"]) {
      void playHost(fixture, host, stop.signal, { fails: (event) => event === "ValidateService" });
    }
    await fixture.createDeployment("d-AAAAAAAAA", ONE_AT_A_TIME);
    expect(await terminal("d-AAAAAAAAA")).toBe("Failed");
    const row = await fixture.store.db.selectFrom("deployments").selectAll().executeTakeFirstOrThrow();
    expect(row.error_code).toBe("HEALTH_CONSTRAINTS");
    expect(row.error_message).toContain("host a at ValidateService, script check.sh: exit code 1 Log tail: boom");
    const targets = await fixture.store.db.selectFrom("targets").select(["target_id", "status"]).execute();
    expect(Object.fromEntries(targets.map((target) => [target.target_id, target.status]))).toEqual({
      a: "Failed",
      b: "Skipped",
      c: "Skipped",
    });
  });

  it("fails a dark host with AGENT_ISSUE instead of waiting for it", async () => {
    fixture = await runnerFixture(["a"]);
    fixture.dark.add("a");
    await fixture.createDeployment("d-AAAAAAAAA", ALL_AT_ONCE);
    expect(await terminal("d-AAAAAAAAA")).toBe("Failed");
    const row = await fixture.store.db.selectFrom("deployments").selectAll().executeTakeFirstOrThrow();
    expect(row.error_code).toBe("AGENT_ISSUE");
    expect(row.error_message).toContain("has not reported since");
  });

  it("answers a second acknowledgement of another offer with something else than InProgress", async () => {
    fixture = await runnerFixture(["a"]);
    await fixture.createDeployment("d-AAAAAAAAA", ALL_AT_ONCE);
    await fixture.runner.poll("a", stop.signal);
    const key = { deploymentId: "d-AAAAAAAAA", targetId: "a" };
    const acknowledge = async (offer: string) => {
      const report = { type: "acknowledged", event: "ApplicationStop", by: "agent", attempt: 1, offer } as const;
      return (await fixture?.runner.report({ ...key, report }))?.answer;
    };
    expect(await acknowledge("x")).toBe("InProgress");
    expect(await acknowledge("x")).toBe("InProgress");
    expect(await acknowledge("y")).toBe("Succeeded");
  });

  it("ends a deployment whose state cannot be read, with the place of what is unreadable", async () => {
    fixture = await runnerFixture(["a", "b"]);
    await fixture.createDeployment("d-AAAAAAAAA", ONE_AT_A_TIME);
    await fixture.runner.poll("a", stop.signal);
    const { store } = fixture;
    const broken = "{" as unknown as Json<never>;
    await store.write(async ({ db }) => {
      await db.updateTable("deployments").set({ state_json: broken }).execute();
      await db.updateTable("targets").set({ state_json: broken }).where("target_id", "=", "a").execute();
    });
    const told: string[] = [];
    await takeNextSteps("d-AAAAAAAAA", {
      store,
      now: () => 5,
      hosts: { agentsOf: async () => new Map(), heardTime: () => ALWAYS_HEARD, observe: async () => new Map() },
      alarms: { observe: () => undefined },
      feed: new ChangeFeed(),
      newDeploymentId: () => "d-NEXT",
      onQuarantine: (deploymentId) => told.push(deploymentId),
    });
    expect(told).toEqual(["d-AAAAAAAAA"]);
    const row = await store.db.selectFrom("deployments").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ status: "Failed", active: 0, error_code: "INTERNAL_ERROR", wake_at: null });
    expect(row.error_message).toContain("deployments.state_json of d-AAAAAAAAA is not JSON");
    expect(readHead(row)).toMatchObject({ status: "Failed", deploymentGroupName: "prod" });
    const targets = await store.db
      .selectFrom("targets")
      .select(["status", "command_state"])
      .orderBy("ordinal")
      .execute();
    expect(targets).toEqual([
      { status: "Unknown", command_state: null },
      { status: "Skipped", command_state: null },
    ]);
    expect(await store.db.selectFrom("group_hosts").select(["target_id", "healthy"]).execute()).toEqual([
      { target_id: "a", healthy: 0 },
    ]);
  });

  it("sets a deployment aside that meets a bug of ours: Failed, told, nothing more offered, and its group free", async () => {
    fixture = await runnerFixture(["a", "b"]);
    await fixture.createDeployment("d-AAAAAAAAA", ONE_AT_A_TIME);
    await fixture.runner.poll("a", stop.signal);
    await fixture.store.write((transaction) => quarantine(transaction, "d-AAAAAAAAA", "a number was negative", 1));
    const row = await fixture.store.db.selectFrom("deployments").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ status: "Failed", active: 0, error_code: "INTERNAL_ERROR", wake_at: null });
    expect(row.error_message).toContain("a number was negative");
    const targets = await fixture.store.db.selectFrom("targets").selectAll().orderBy("ordinal").execute();
    expect(targets.map(({ status, command_state }) => ({ status, command_state }))).toEqual([
      { status: "Unknown", command_state: null },
      { status: "Skipped", command_state: null },
    ]);
    // Half deployed: not one that an update of outdated hosts may pass over.
    expect(await fixture.store.db.selectFrom("group_hosts").select(["target_id", "healthy"]).execute()).toEqual([
      { target_id: "a", healthy: 0 },
    ]);
    await fixture.createDeployment("d-BBBBBBBBB", ALL_AT_ONCE);
    for (const host of ["a", "b"]) void playHost(fixture, host, stop.signal);
    expect(await terminal("d-BBBBBBBBB")).toBe("Succeeded");
  });
});
