import { newContainerPlan, settled, untilFacts } from "@sluice/drivers/contracts/container-engine-contract.fixture.ts";
import { dockerEngine } from "@sluice/drivers/docker/docker-engine.ts";
import type { DockerSettings } from "@sluice/drivers/docker/docker-settings.ts";
import type { ContainerEngine, ContainerFacts, ContainerPlan } from "@sluice/engine/ports/container-engine.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { vi } from "vitest";
import { removeInstallation, type TestEngine } from "./docker-engine.fixture.ts";
import { TEST_IMAGE } from "./test-image.fixture.ts";

const never = new AbortController().signal;
let installations = 0;

/** An installation of its own on a test's engine. */
export interface DockerWorld {
  readonly installation: string;
  readonly engine: ContainerEngine;
  readonly open: (settings?: DockerSettings) => ContainerEngine;
  /** Until it is not pending. */
  readonly start: (values?: Partial<ContainerPlan>, engine?: ContainerEngine) => Promise<PortOutcome>;
  /** Starts it, and waits until it is as expected; absent: until it runs. */
  readonly run: (values?: Partial<ContainerPlan>, expected?: Partial<ContainerFacts>) => Promise<ContainerFacts>;
  /** What it has written to stdout and stderr, once it has written so many lines. */
  readonly written: (facts: ContainerFacts, lines: number) => Promise<string[]>;
  readonly inspect: (containerId: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly remove: () => Promise<void>;
}

export function newDockerWorld(docker: TestEngine): DockerWorld {
  installations += 1;
  const installation = `world-${installations}`;
  const open = (settings: DockerSettings = {}) =>
    dockerEngine.create(
      { socket: docker.socket, ...settings },
      { installation, now: Date.now, signal: new AbortController().signal },
    );
  const engine = open();
  const start: DockerWorld["start"] = (values = {}, by = engine) =>
    settled(() => by.start(newContainerPlan(TEST_IMAGE, values), never));
  return {
    installation,
    engine,
    open,
    start,
    run: async (values = {}, expected = { state: "running" }) => {
      const plan = newContainerPlan(TEST_IMAGE, values);
      const outcome = await start(values);
      if (outcome.outcome === "failed") throw new Error(outcome.reason);
      return untilFacts(engine, plan, expected);
    },
    written: ({ containerId }, lines) =>
      vi.waitFor(
        async () => {
          const read = await engine.logs(containerId, { tailLines: 1000 }, never);
          if (read.length < lines) throw new Error(`${read.length} lines: ${read.map(({ text }) => text).join("|")}`);
          return read.map(({ text }) => text);
        },
        { timeout: 60_000, interval: 20 },
      ),
    inspect: async (containerId) =>
      (await docker.ask("GET", `/containers/${containerId}/json`)) as Readonly<Record<string, unknown>>,
    remove: () => removeInstallation(docker, installation),
  };
}
