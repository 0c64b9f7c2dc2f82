import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RoutedHost } from "@sluice/engine/ports/traffic-router.ts";
import { composeDrivers, type Drivers, loadConfig } from "@sluice/server/bindings/compose-drivers.ts";
import { systemTimers } from "@sluice/server/loops/timers.ts";
import { retireHost } from "@sluice/server/store/hosts.ts";
import { openStore, type Store } from "@sluice/server/store/open-store.ts";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HaproxyProcess, whyNoHaproxy } from "./haproxy-process.fixture.ts";
import { settled } from "./traffic-router-contract.fixture.ts";
import { until } from "./until-wanted.fixture.ts";
import { WebHost } from "./web-host.fixture.ts";

const missing = whyNoHaproxy();
const READY = "0";
const MAINTENANCE = "1";

/** The drivers as `sluice server --config` composes them, over a database on disk that outlives them. */
describe.skipIf(missing !== null)(`a server with a HAProxy${missing ? ` (skipped: ${missing})` : ""}`, () => {
  let directory: string;
  let hosts: WebHost[];
  let balancer: HaproxyProcess;
  let store: Store;
  let servers: Drivers[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-stored-traffic-"));
    hosts = ["s1", "s2"].map((name) => new WebHost(name));
    for (const host of hosts) await host.start();
    balancer = await HaproxyProcess.start({ backends: { web: hosts.map(({ name, port }) => ({ name, port })) } });
    const bindings = [{ match: "shop-*", port: "traffic-router", driver: "haproxy", settings: settings() }];
    writeFileSync(join(directory, "sluice.yml"), JSON.stringify({ bindings }));
    store = await openStore({ dataDirectory: directory });
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.close();
    await store.close();
    await balancer.stop();
    for (const host of hosts) await host.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const settings = () => ({ sockets: balancer.socket, backends: "shop-web=web", drainSeconds: 30 });

  async function startServer(): Promise<Drivers> {
    const server = await composeDrivers({
      store,
      config: await loadConfig(join(directory, "sluice.yml")),
      region: "us-east-1",
      bucket: {
        head: noObjects,
        open: noObjects,
        sha256: noObjects,
        headBucket: noObjects,
        createBucket: noObjects,
        put: noObjects,
        delete: noObjects,
        list: noObjects,
      },
      timers: systemTimers,
      log: pino({ level: "silent" }),
    });
    servers.push(server);
    server.start();
    return server;
  }

  async function stopServer(server: Drivers): Promise<void> {
    servers = servers.filter((one) => one !== server);
    await server.close();
  }

  const routed = (hostName: string): RoutedHost => ({
    hostId: `id-of-${hostName}`,
    hostName,
    address: null,
    groups: ["shop-web"],
  });
  const stateOf = async (server: string) =>
    new RegExp(` ${server} \\S+ \\d (\\d+) `).exec(await balancer.ask("show servers state"))?.[1];

  it("blocks again what was blocked when the balancer was restarted, also after a restart of its own", async () => {
    const first = await startServer();
    expect(await settled(first.trafficRouter, "block", routed("s1"))).toEqual({ outcome: "done" });
    await balancer.restart();
    await until(
      () => stateOf("s1"),
      (state) => state === MAINTENANCE,
    );

    await stopServer(first);
    await balancer.restart();
    expect(await stateOf("s1")).toBe(READY);
    const second = await startServer();
    await until(
      () => stateOf("s1"),
      (state) => state === MAINTENANCE,
    );
    expect(await stateOf("s2")).toBe(READY);
    expect(await settled(second.trafficRouter, "allow", routed("s1"))).toEqual({ outcome: "done" });
    expect(await stateOf("s1")).toBe(READY);
  });

  it("does not fight with a second server on the same database: the newest wish counts in both", async () => {
    const first = await startServer();
    const second = await startServer();
    await settled(first.trafficRouter, "block", routed("s1"));
    await settled(second.trafficRouter, "allow", routed("s1"));
    await settled(second.trafficRouter, "block", routed("s2"));
    await balancer.restart();
    await until(
      () => stateOf("s2"),
      (state) => state === MAINTENANCE,
    );
    // The first one knows now too what the second one asked for, and still wants s1 in.
    await stopServer(second);
    await balancer.restart();
    await until(
      () => stateOf("s2"),
      (state) => state === MAINTENANCE,
    );
    expect(await stateOf("s1")).toBe(READY);
  });

  it("forgets a host that was removed", async () => {
    const server = await startServer();
    await settled(server.trafficRouter, "block", routed("s1"));
    await settled(server.trafficRouter, "block", routed("s2"));
    await store.write((transaction) => retireHost(transaction, "id-of-s1", Date.now()));
    await balancer.restart();
    await until(
      () => stateOf("s2"),
      (state) => state === MAINTENANCE,
    );
    expect(await stateOf("s1")).toBe(READY);
  });
});

function noObjects(): never {
  throw new Error("nobody asks for objects here");
}
