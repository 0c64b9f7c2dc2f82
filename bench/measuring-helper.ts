import { fork } from "node:child_process";
import { join } from "node:path";

/** A process beside the bench that does one thing at a time, each time it is told to. */
export interface MeasuringHelper {
  /** Resolves with what it answers. */
  ask<Answer>(order: object): Promise<Answer>;
  close(): void;
}

/**
 * @param file of this folder
 * @param execArgv what Node itself is told
 */
export function startHelper(file: string, execArgv: readonly string[] = []): MeasuringHelper {
  const environment = { ...process.env, NODE_ENV: "production" };
  const child = fork(join(import.meta.dirname, file), { execArgv: [...execArgv], env: environment });
  return {
    ask: <Answer>(order: object) =>
      new Promise<Answer>((resolve, reject) => {
        const onExit = (code: number | null) => reject(new Error(`a helper of the measurement ended with ${code}`));
        child.once("exit", onExit);
        child.once("message", (message) => {
          child.off("exit", onExit);
          resolve(message as Answer);
        });
        child.send(order);
      }),
    close: () => child.disconnect(),
  };
}
