import { haproxyRouter } from "@sluice/drivers/haproxy/haproxy-router.ts";
import type { RoutedHost } from "@sluice/engine/ports/traffic-router.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HaproxyProcess, whyNoHaproxy } from "./haproxy-process.fixture.ts";
import { Load, REQUESTS_A_PHASE } from "./load.fixture.ts";
import { settled } from "./traffic-router-contract.fixture.ts";
import { until } from "./until-wanted.fixture.ts";
import { WebHost } from "./web-host.fixture.ts";

const ROUNDS = 2;
const missing = whyNoHaproxy();

describe.skipIf(missing !== null)(`a steady load over two hosts${missing ? ` (skipped: ${missing})` : ""}`, () => {
  let hosts: WebHost[];
  let haproxy: HaproxyProcess;
  let load: Load;

  beforeEach(async () => {
    hosts = ["host-1", "host-2"].map((name) => new WebHost(name));
    for (const host of hosts) await host.start();
    haproxy = await HaproxyProcess.start({ backends: { web: hosts.map(({ name, port }) => ({ name, port })) } });
    load = new Load(haproxy.port);
  });
  afterEach(async () => {
    load.kill();
    await haproxy.stop();
    for (const host of hosts) await host.stop();
  });

  it("loses no request while one host after the other is blocked, restarted and allowed", async () => {
    const router = haproxyRouter.create({ sockets: haproxy.socket }, { now: Date.now });
    for (let round = 0; round < ROUNDS; round++) {
      for (const host of hosts) {
        await load.advance();
        expect(await settled(router, "block", routed(host))).toEqual({ outcome: "done" });
        await host.stop();
        const before = host.requests;
        await load.advance();
        await host.start();
        await load.advance();
        expect(host.requests).toBe(before);
        expect(await settled(router, "allow", routed(host))).toEqual({ outcome: "done" });
        await until(
          () => host.requests,
          (requests) => requests > before,
        );
      }
    }
    const { succeeded, failed } = await load.end();
    expect(failed).toBe(0);
    expect(succeeded).toBeGreaterThan(REQUESTS_A_PHASE * ROUNDS * hosts.length * 3 - 1);
  });

  it("loses requests when a host is stopped with its traffic on, which is what the test above would show", async () => {
    await load.advance();
    await hosts[0]!.stop();
    await load.advance();
    await hosts[0]!.start();
    const { failed } = await load.end();
    expect(failed).toBeGreaterThan(0);
  });
});

function routed({ name }: WebHost): RoutedHost {
  return { hostId: `id-of-${name}`, hostName: name, address: null, groups: ["web"] };
}
