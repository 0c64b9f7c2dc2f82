import { ProgramFailed } from "../../process/run-program.ts";
import type { TreeStep } from "./overlay.ts";

/**
 * Takes the steps inside of a host's namespaces.
 * @throws ProgramFailed when a step fails without which there is no host
 */
export async function buildTree(
  steps: readonly TreeStep[],
  run: (command: readonly string[]) => Promise<unknown>,
): Promise<void> {
  for (const { command, otherwise } of steps) {
    if (otherwise === undefined) await run(command);
    else await firstThatWorks([command, ...otherwise], run);
  }
}

async function firstThatWorks(
  commands: readonly (readonly string[])[],
  run: (command: readonly string[]) => Promise<unknown>,
): Promise<void> {
  for (const command of commands) {
    try {
      await run(command);
      return;
    } catch (error) {
      if (!(error instanceof ProgramFailed)) throw error;
    }
  }
}
