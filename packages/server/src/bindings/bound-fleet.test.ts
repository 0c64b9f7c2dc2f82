import type { Ec2Fleet } from "@sluice/drivers/ec2/ec2-fleet.ts";
import { memoryFleet } from "@sluice/drivers/memory/memory-fleet.ts";
import type { FleetHost } from "@sluice/engine/ports/fleet.ts";
import { describe, expect, it } from "vitest";
import { bindDrivers } from "./bound-driver.ts";
import { boundFleet, boundHostTerminator } from "./bound-fleet.ts";

const never = new AbortController().signal;
const prod = { Key: "Environment", Value: "prod" };

function host(hostId: string, more: Partial<FleetHost> = {}): FleetHost {
  return { hostId, hostName: `name-of-${hostId}`, kind: "instance", tags: [prod], zone: null, ...more };
}

/** A cloud that has these hosts, protects some of them, and keeps what it terminated. */
function cloud(hosts: readonly FleetHost[], protectedIds: readonly string[] = []): Ec2Fleet & { gone: string[] } {
  const gone: string[] = [];
  return {
    ...memoryFleet.create({}, { hosts }),
    gone,
    terminate: async (hostIds) => {
      const unknown = hostIds.filter((id) => !hosts.some(({ hostId }) => hostId === id));
      const refused = hostIds.filter((id) => protectedIds.includes(id));
      const terminated = hostIds.filter((id) => !unknown.includes(id) && !refused.includes(id));
      gone.push(...terminated);
      const kept = [
        ...unknown.map((hostId) => ({ hostId, reason: `no instance ${hostId} here` })),
        ...refused.map((hostId) => ({ hostId, reason: "protected" })),
      ];
      return { terminated, kept, unanswered: [], unknown };
    },
  };
}

function bind(clouds: readonly (readonly [match: string, cloud: Ec2Fleet])[]) {
  const bindings = clouds.map(([match], index) => ({ match, port: "fleet", driver: "test", settings: { index } }));
  const create = (settings: object) => clouds[(settings as { index: number }).index]?.[1] as Ec2Fleet;
  return bindDrivers("fleet", bindings, [{ name: "test", create }]);
}

const NONE_KNOWN = { knownHosts: async () => new Map() };

describe("the bound fleet", () => {
  it("leaves out an instance that was removed here, though it runs on", async () => {
    const fleet = boundFleet(memoryFleet.create({}, { hosts: [] }), bind([["*", cloud([host("i-1"), host("i-2")])]]), {
      knownHosts: async () => new Map([["i-1", "retired"]]),
    });
    expect((await fleet.resolveTargets({ ec2TagFilters: [prod] }, never)).map(({ hostId }) => hostId)).toEqual(["i-2"]);
  });

  it("adds the cloud's hosts, and takes an instance whose agent is enrolled for one host", async () => {
    const enrolled = memoryFleet.create({}, { hosts: [host("i-2", { hostName: "web-2" }), host("i-9")] });
    const ec2 = cloud([
      host("i-1"),
      host("i-2", { tags: [prod, { Key: "Role", Value: "web" }], zone: "eu-central-1a" }),
    ]);
    const hosts = await boundFleet(enrolled, bind([["*", ec2]]), NONE_KNOWN).resolveTargets(
      { ec2TagFilters: [prod] },
      never,
    );
    expect(hosts.map(({ hostId, hostName, zone }) => [hostId, hostName, zone])).toEqual([
      ["i-1", "name-of-i-1", null],
      ["i-2", "web-2", "eu-central-1a"],
      ["i-9", "name-of-i-9", null],
    ]);
    expect(hosts[1]?.tags).toEqual([prod, { Key: "Role", Value: "web" }]);
  });

  it("names a host as it is named here, though the tags that select it are its cloud's alone", async () => {
    const enrolled = host("i-1", { hostName: "web-1", tags: [], zone: "rack-2" });
    const ec2 = cloud([host("i-1", { zone: "eu-central-1a" })]);
    const fleet = boundFleet(memoryFleet.create({}, { hosts: [enrolled] }), bind([["*", ec2]]), {
      knownHosts: async () => new Map([["i-1", enrolled]]),
    });
    expect(await fleet.resolveTargets({ ec2TagFilters: [prod] }, never)).toEqual([
      host("i-1", { hostName: "web-1", zone: "rack-2" }),
    ]);
  });

  it("leaves out what the binding does not match", async () => {
    const fleet = boundFleet(
      memoryFleet.create({}, { hosts: [] }),
      bind([["i-1*", cloud([host("i-1"), host("i-2")])]]),
      NONE_KNOWN,
    );
    expect((await fleet.resolveTargets({ ec2TagFilters: [prod] }, never)).map(({ hostId }) => hostId)).toEqual(["i-1"]);
  });

  it("rejects, and never gives fewer hosts, when a cloud cannot be asked", async () => {
    const away = { ...cloud([]), resolveTargets: () => Promise.reject(new Error("ETIMEDOUT")) };
    const fleet = boundFleet(memoryFleet.create({}, { hosts: [host("i-9")] }), bind([["*", away]]), NONE_KNOWN);
    await expect(fleet.resolveTargets({ ec2TagFilters: [prod] }, never)).rejects.toThrow(
      'the driver test (fleet of "*" in sluice.yml): ETIMEDOUT',
    );
  });
});

describe("the bound host terminator", () => {
  it("terminates in whichever cloud has the instance, retires it, and keeps all else with the reason", async () => {
    const retired: string[] = [];
    const one = cloud([host("i-1"), host("i-2")], ["i-2"]);
    const two = cloud([host("i-3")]);
    const clouds = bind([
      ["i-*", one],
      ["*", two],
    ]);
    const terminator = boundHostTerminator(clouds, { retireHosts: async (ids) => void retired.push(...ids) });
    const report = await terminator.terminate(["i-1", "i-2", "i-3", "rack-7", "i-1"], never);
    expect(report.terminated).toEqual(["i-1", "i-3"]);
    expect(report.kept).toEqual([
      { hostId: "i-2", reason: "protected" },
      {
        hostId: "rack-7",
        reason: expect.stringMatching(/^no instance rack-7 here; Sluice terminates only machines/),
      },
    ]);
    expect([one.gone, two.gone, retired]).toEqual([["i-1"], ["i-3"], ["i-1", "i-3"]]);
  });

  it("keeps every host where no cloud is bound", async () => {
    const terminator = boundHostTerminator([], { retireHosts: async () => {} });
    expect(await terminator.terminate(["i-1"], never)).toEqual({
      terminated: [],
      kept: [
        {
          hostId: "i-1",
          reason: expect.stringContaining("the host stays enrolled, deregistered from the load balancer"),
        },
      ],
      unanswered: [],
    });
  });

  it("says what the other clouds did when one cannot be asked, and what may be that one's", async () => {
    const retired: string[] = [];
    const away = { ...cloud([]), terminate: () => Promise.reject(new Error("ETIMEDOUT")) };
    const half = {
      ...cloud([]),
      terminate: async (hostIds: readonly string[]) => ({
        terminated: hostIds.filter((id) => id === "i-1"),
        kept: [],
        unanswered: hostIds.filter((id) => id === "i-2").map((hostId) => ({ hostId, reason: "throttled" })),
        unknown: [],
      }),
    };
    const clouds = bind([
      ["i-*", away],
      ["i-1", half],
      ["i-2", half],
      ["i-3", cloud([host("i-3")], ["i-3"])],
    ]);
    const terminator = boundHostTerminator(clouds, { retireHosts: async (ids) => void retired.push(...ids) });
    const answer = await terminator.terminate(["i-1", "i-2", "i-3", "i-4", "rack-7"], never);
    expect(answer).toEqual({
      terminated: ["i-1"],
      kept: [
        { hostId: "i-3", reason: expect.stringContaining("protected") },
        { hostId: "rack-7", reason: expect.stringMatching(/^Sluice terminates only/) },
      ],
      unanswered: [
        {
          hostId: "i-2",
          reason:
            'the driver test (fleet of "i-*" in sluice.yml): ETIMEDOUT; the driver test (fleet of "i-2" in sluice.yml): throttled',
        },
        { hostId: "i-4", reason: 'the driver test (fleet of "i-*" in sluice.yml): ETIMEDOUT' },
      ],
    });
    expect(retired).toEqual(["i-1"]);
  });

  it("leaves the others their turn when one cloud hangs", async () => {
    const hangs: Ec2Fleet = {
      ...cloud([]),
      terminate: (_ids, signal) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    };
    const clouds = bind([
      ["*", hangs],
      ["i-*", cloud([host("i-1")])],
    ]);
    const terminator = boundHostTerminator(clouds, { retireHosts: async () => {}, cloudTimeoutMilliseconds: 10 });
    expect(await terminator.terminate(["i-1", "rack-7"], never)).toEqual({
      terminated: ["i-1"],
      kept: [],
      unanswered: [{ hostId: "rack-7", reason: expect.stringContaining("timeout") }],
    });
  });
});
