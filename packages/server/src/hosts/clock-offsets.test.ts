import { beforeEach, describe, expect, it } from "vitest";
import { ClockOffsets } from "./clock-offsets.ts";

const MINUTE = 60_000;
let now = 0;
let told: string[] = [];
let offsets: ClockOffsets;
beforeEach(() => {
  now = 1_000_000;
  told = [];
  offsets = new ClockOffsets({
    now: () => now,
    onOff: (hostId, { secondsAhead, whose }) =>
      told.push(whose === "server" ? `server ${-secondsAhead}` : `${hostId} ${secondsAhead} ${whose}`),
  });
});

/** Each host's heartbeat says by how much its agent corrects its clock. */
function heartbeats(...hosts: readonly (readonly [hostId: string, secondsAhead: number])[]): void {
  for (const [hostId, secondsAhead] of hosts) {
    offsets.heard(hostId);
    offsets.corrected(hostId, secondsAhead, now);
  }
}

it("believes the second refusal that is off by the same, tells it once an hour, and forgets it when the host is heard", () => {
  offsets.refused("web-1", -600);
  expect(offsets.of("web-1")).toBeUndefined();
  for (let minute = 0; minute < 90; minute += 1) {
    now += MINUTE;
    offsets.heard("web-2");
    offsets.refused("web-1", -601);
  }
  expect(offsets.of("web-1")).toEqual({ secondsAhead: -601, whose: "host" });
  expect(told).toEqual(["web-1 -601 host", "web-1 -601 host"]);
  offsets.heard("web-1");
  expect(offsets.of("web-1")).toBeUndefined();
});

it("is not misled by an old call that is sent again and again", () => {
  for (let times = 0; times < 20; times += 1) {
    offsets.refused("web-1", -600 - times * 10);
    now += 10_000;
  }
  // Nor by one that is sent twice in a moment.
  offsets.refused("web-1", -900);
  offsets.refused("web-1", -900);
  expect(offsets.of("web-1")).toBeUndefined();
  expect(told).toEqual([]);
});

it("knows by how much an agent corrects its clock, until it does not any more", () => {
  heartbeats(["web-1", 600], ["web-2", 0]);
  now += MINUTE;
  heartbeats(["web-1", 600], ["web-2", 0]);
  expect(offsets.of("web-1")).toEqual({ secondsAhead: 600, whose: "host" });
  expect(told).toEqual(["web-1 600 host"]);
  // One that waited while a newer one came says nothing new.
  offsets.corrected("web-1", 0, now - 1_000);
  expect(offsets.of("web-1")).toBeDefined();
  offsets.corrected("web-1", 0, now);
  expect(offsets.of("web-1")).toBeUndefined();
});

it("tells a host whose clock comes and goes once an hour, too", () => {
  for (let times = 0; times < 30; times += 1) {
    for (let seconds = 0; seconds < 60; seconds += 5, now += 5_000) heartbeats(["web-1", 600], ["web-2", 0]);
    heartbeats(["web-1", 0]);
  }
  expect(told).toEqual(["web-1 600 host"]);
});

describe("whose clock it is", () => {
  it("is the server's where nearly all hosts are off by the same, and that is told once and not of each host", () => {
    const fleet = Array.from({ length: 9 }, (_, index) => [`web-${index}`, -600 - index] as const);
    for (let beat = 0; beat < 20; beat += 1, now += 5_000) heartbeats(...fleet, ["odd", 0]);
    expect(offsets.of("web-3")).toEqual({ secondsAhead: -603, whose: "server", hosts: 9 });
    expect(offsets.ofServer()).toMatchObject({ whose: "server", hosts: 9 });
    expect(told).toEqual(["server 600"]);
  });

  it("makes the server deaf where it refuses calls, and not where agents correct their clocks", () => {
    heartbeats(["a", 600], ["b", 600]);
    expect(offsets.ofServer()).toBeDefined();
    expect(offsets.ofDeafServer()).toBeUndefined();
    for (let times = 0; times < 3; times += 1, now += 5_000) offsets.refused("theirs", 601);
    expect(offsets.ofDeafServer()).toMatchObject({ whose: "server", hosts: 3 });
  });

  it("is the hosts' where others are heard, or where they are off by different times", () => {
    heartbeats(["a", 600], ["b", 600], ["c", 0], ["d", 0]);
    expect(offsets.of("a")?.whose).toBe("host");
    heartbeats(["c", 7_200], ["d", -900]);
    expect(offsets.of("a")?.whose).toBe("unknown");
    expect(offsets.ofServer()).toBeUndefined();
  });

  it("is not known of the only host", () => {
    heartbeats(["web-1", 600]);
    expect(offsets.of("web-1")).toEqual({ secondsAhead: 600, whose: "unknown" });
  });

  it("is the server's when its clock is set back, though it heard every host a moment ago", () => {
    const fleet = ["a", "b", "c"];
    for (const hostId of [...fleet, "ended"]) offsets.heard(hostId);
    now -= 10 * MINUTE;
    for (let times = 0; times < 3; times += 1, now += 5_000) for (const hostId of fleet) offsets.refused(hostId, 600);
    expect(offsets.of("a")).toEqual({ secondsAhead: 600, whose: "server", hosts: 3 });
    expect(offsets.ofDeafServer()).toMatchObject({ whose: "server" });
  });

  it("is nobody's as soon as the server's clock, which was ahead, is set right", () => {
    heartbeats(["a", -600], ["b", -600]);
    expect(offsets.ofServer()).toBeDefined();
    now -= 10 * MINUTE;
    heartbeats(["a", 0], ["b", 0]);
    expect(offsets.ofServer()).toBeUndefined();
    expect(offsets.of("a")).toBeUndefined();
  });
});

it("forgets hosts that it has not heard of for long", () => {
  heartbeats(["gone", 600], ["web-1", 0]);
  now += 2 * 60 * MINUTE;
  heartbeats(["web-1", 0]);
  expect(offsets.of("gone")).toBeUndefined();
});
