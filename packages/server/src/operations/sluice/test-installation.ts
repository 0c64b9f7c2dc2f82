import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryNotifier } from "@sluice/drivers/memory/memory-notifier.ts";
import type { DeliveryOutcome, Notification } from "@sluice/engine/ports/notifier.ts";
import { Liveness } from "../../hosts/liveness.ts";
import { type TestClock, testContext } from "../../hosts/test-context.ts";
import { DeploymentLogs } from "../../logs/deployment-logs.ts";
import type { Principal } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** A server's worth of context, with what its runner was told. */
export interface TestInstallation {
  readonly clock: TestClock;
  readonly context: SluiceContext;
  readonly heartbeats: { readonly hostId: string; readonly heldCommands: readonly string[] }[];
  /** Hosts that left: by a goodbye, or removed. */
  readonly departures: readonly string[];
  /** What went out through the notifier, and how that is to end; every notification is taken unless a test says otherwise. */
  readonly notified: Notification[];
  onNotify: (notification: Notification) => DeliveryOutcome;
  /** How often the sender of messages was woken. */
  readonly senderWakes: () => number;
  /** The same, called by somebody else. */
  as(principal: Principal): SluiceContext;
  close(): Promise<void>;
}

export async function testInstallation(): Promise<TestInstallation> {
  const clock = { now: Date.UTC(2026, 10, 23, 18, 0) };
  const directory = await mkdtemp(join(tmpdir(), "sluice-operations-"));
  const base = await testContext(clock);
  const heartbeats: { hostId: string; heldCommands: readonly string[] }[] = [];
  const departures: string[] = [];
  const notified: Notification[] = [];
  let senderWakes = 0;
  const context: SluiceContext = {
    ...base,
    liveness: new Liveness({ store: base.store, readyAt: clock.now, onFlushError: () => {} }),
    logs: new DeploymentLogs(join(directory, "logs")),
    runner: {
      heartbeat: async (hostId, heldCommands) => void heartbeats.push({ hostId, heldCommands }),
      hostLeft: async (hostId) => void departures.push(hostId),
      groupSettingsChanged: () => {},
    },
    notifications: {
      notifier: memoryNotifier.create({}, { delivered: notified, onDeliver: (one) => installation.onNotify(one) }),
      wake: () => {
        senderWakes += 1;
      },
    },
    signingCertificate: "-----BEGIN CERTIFICATE-----\n",
    serverFingerprints: ["a".repeat(64)],
    signal: new AbortController().signal,
  };
  const installation: TestInstallation = {
    clock,
    context,
    heartbeats,
    departures,
    notified,
    onNotify: () => ({ outcome: "delivered" }),
    senderWakes: () => senderWakes,
    as: (principal) => ({ ...context, principal }),
    close: async () => {
      await context.logs.close();
      await context.store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return installation;
}
