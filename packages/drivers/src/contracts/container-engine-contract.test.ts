import type { ContainerPlan } from "@sluice/engine/ports/container-engine.ts";
import { type MemoryBehaviour, type MemoryContainer, newMemoryBehaviour } from "../memory/memory-container.ts";
import { memoryContainerEngine } from "../memory/memory-container-engine.ts";
import { describeContainerEngine } from "./container-engine-contract.fixture.ts";

// With a real Docker Engine: tests/containers.
describeContainerEngine("memory", async () => {
  const containers: MemoryContainer[] = [];
  const behave = (plan: ContainerPlan) => (plan.image === "app" ? behaviourOf(plan) : undefined);
  const watchers = new Set<() => void>();
  const reopen = () => memoryContainerEngine.create({}, { containers, behave, now: Date.now, watchers });
  return { engine: reopen(), reopen, image: "app", missingImage: "no-such-app", close: async () => {} };
});

/** What the programs of the contract do. */
function behaviourOf({ command = [], healthCheck }: ContainerPlan): MemoryBehaviour {
  const [program, ...words] = command;
  const isSick = healthCheck?.command.includes("sick") ?? false;
  const waits = newMemoryBehaviour({
    healthAt: () => (isSick ? "unhealthy" : "healthy"),
    healthDetail: isSick ? "I am sick" : "",
  });
  switch (program) {
    case "waits":
      return waits;
    case "deaf":
      return { ...waits, stopsMilliseconds: null };
    case "ends":
      return { ...waits, livesMilliseconds: 0, exitCode: Number(words[0]) };
    case "says":
      return {
        ...waits,
        writes: [
          ...words.map((word) => ({ stream: "stdout", text: `out ${word}` }) as const),
          { stream: "stderr", text: "err" },
        ],
      };
    default:
      return { ...waits, startError: `CannotStartContainerError: exec: "${program}": executable file not found` };
  }
}
