import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { startFakeEngine } from "@sluice/drivers/docker/fake-engine.fixture.ts";
import { expect, it, onTestFinished, vi } from "vitest";
import { NO_BALANCER } from "../balancing/target-health.ts";
import { systemTimers } from "../loops/timers.ts";
import { LocalWorld } from "../services/local-services.fixture.ts";
import { giveNewId } from "../store/own-database.ts";
import type { ServicesParts } from "./composed-services.ts";
import { openLocalServices } from "./open-local-services.ts";

/** Generous, for machines that are busy with something else. */
const WITHIN = { timeout: 60_000, interval: 10 };
const INSTALLATION = "11111111-2222-4333-8444-555555555555";

it("leave no pull open when they are closed", async () => {
  const world = await new LocalWorld().open();
  onTestFinished(() => world.store.close());
  await world.loop.close();
  await world.store.write((transaction) => giveNewId(transaction, INSTALLATION));
  const pulls: ServerResponse[] = [];
  const { socket } = await startFakeEngine({
    "GET /containers/json": { json: [] },
    "GET /networks": { json: [{ Id: "n1", Name: `sluice-${INSTALLATION}`, IPAM: { Config: [] } }] },
    "GET /events": (_request, response) => response.flushHeaders(),
    "POST /containers/create": { status: 404, message: "No such image: web" },
    "POST /images/create": (_request, response) => {
      response.flushHeaders();
      pulls.push(response);
    },
  });
  const parts: Omit<ServicesParts, "config" | "log"> = {
    store: world.store,
    timers: systemTimers,
    scope: world.scope,
    owner: "server-2",
    randomText: (_alphabet, length) => "0".repeat(length),
    targets: NO_BALANCER,
    wakes: world.changes,
    onError: (error) => world.told.push(String(error)),
  };
  const log = { info: () => {}, warn: () => {} };
  const local = await openLocalServices({ socket }, { ...parts, log } as unknown as ServicesParts);
  local.start();
  await vi.waitFor(() => expect(pulls).toHaveLength(1), WITHIN);
  const closed = once(pulls[0]!, "close");
  await local.close();
  await closed;
  expect(pulls[0]?.writableFinished).toBe(false);
}, 120_000);
