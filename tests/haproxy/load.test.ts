import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { haproxyRouter } from "@sluice/drivers/haproxy/haproxy-router.ts";
import type { RoutedHost } from "@sluice/engine/ports/traffic-router.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HaproxyProcess, whyNoHaproxy } from "./haproxy-process.fixture.ts";
import { settled } from "./traffic-router-contract.fixture.ts";
import { until } from "./until-wanted.fixture.ts";
import { WebHost } from "./web-host.fixture.ts";

const WORKERS = 12;
/** Requests to be answered in each state of the hosts before the next. */
const REQUESTS_A_PHASE = 500;
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

/** The client process. */
class Load {
  readonly #child: ChildProcess;
  #succeeded = 0;
  #failed = 0;
  readonly #ended: Promise<unknown>;

  constructor(port: number) {
    const script = fileURLToPath(new URL("haproxy-load-client.ts", import.meta.url));
    const child = spawn(process.execPath, [script, String(port), String(WORKERS)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child = child;
    const lines = createInterface(child.stdout);
    lines.on("line", (line) => {
      [this.#succeeded, this.#failed] = line.split(" ").map(Number) as [number, number];
    });
    this.#ended = once(lines, "close");
  }

  /** Until so many more have been answered in one way or the other. */
  async advance(): Promise<void> {
    const goal = this.#succeeded + this.#failed + REQUESTS_A_PHASE;
    await until(
      () => this.#succeeded + this.#failed,
      (answered) => answered >= goal,
    );
  }

  async end(): Promise<{ readonly succeeded: number; readonly failed: number }> {
    this.#child.stdin?.end();
    await this.#ended;
    return { succeeded: this.#succeeded, failed: this.#failed };
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
