import type { Fleet, FleetHost } from "@sluice/engine/ports/fleet.ts";
import { describe, expect, it } from "vitest";
import { memoryFleet } from "../memory/memory-fleet.ts";
import { enrolledFleet } from "./enrolled-fleet.ts";

/** Every driver of the port, over the same hosts. */
const DRIVERS: readonly { readonly name: string; readonly create: (hosts: FleetHost[]) => Fleet }[] = [
  { name: "memory", create: (hosts) => memoryFleet.create({}, { hosts }) },
  { name: "enrolled", create: (hosts) => enrolledFleet.create({}, { listHosts: async () => hosts }) },
];

const prod = { Key: "Environment", Value: "prod" };
const web = { Key: "Role", Value: "web" };
const never = new AbortController().signal;

function host(hostId: string, kind: FleetHost["kind"], ...tags: FleetHost["tags"]): FleetHost {
  return { hostId, hostName: `name-of-${hostId}`, kind, tags, zone: null };
}

describe.each(DRIVERS)("the fleet driver $name", ({ create }) => {
  const hosts = [
    host("i-3", "instance", prod),
    host("i-1", "instance", prod, web),
    host("i-2", "instance", web),
    host("local-1", "on-premises", prod),
    host("local-2", "on-premises", prod, web),
  ];
  const resolve = async (selection: Parameters<Fleet["resolveTargets"]>[0]) =>
    (await create(hosts).resolveTargets(selection, never)).map(({ hostId }) => hostId);

  it("finds instances by EC2 filters, each once and in order, and no on-premises host", async () => {
    expect(await resolve({ ec2TagFilters: [prod] })).toEqual(["i-1", "i-3"]);
    expect(await resolve({ ec2TagFilters: [prod, web] })).toEqual(["i-1", "i-2", "i-3"]);
  });

  it("finds on-premises instances by their own filters, and no other", async () => {
    expect(await resolve({ onPremisesInstanceTagFilters: [prod] })).toEqual(["local-1", "local-2"]);
  });

  it("narrows by tag sets", async () => {
    expect(await resolve({ ec2TagSet: { ec2TagSetList: [[prod], [web]] } })).toEqual(["i-1"]);
    expect(await resolve({ onPremisesTagSet: { onPremisesTagSetList: [[prod], [web]] } })).toEqual(["local-2"]);
  });

  it("adds instances and on-premises instances up", async () => {
    const selection = { ec2TagFilters: [web], onPremisesTagSet: { onPremisesTagSetList: [[prod]] } };
    expect(await resolve(selection)).toEqual(["i-1", "i-2", "local-1", "local-2"]);
  });

  it("takes an empty selection for no host", async () => {
    expect(await resolve({})).toEqual([]);
    expect(
      await resolve({
        ec2TagFilters: [],
        ec2TagSet: { ec2TagSetList: [] },
        onPremisesInstanceTagFilters: [],
        onPremisesTagSet: {},
      }),
    ).toEqual([]);
  });

  it("gives all that is known of a host", async () => {
    const [found] = await create(hosts).resolveTargets({ ec2TagFilters: [prod] }, never);
    expect(found).toEqual(hosts[1]);
  });

  it("does not begin when it was told to stop", async () => {
    await expect(create(hosts).resolveTargets({ ec2TagFilters: [prod] }, AbortSignal.abort())).rejects.toThrow();
  });
});
