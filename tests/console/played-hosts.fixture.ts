import { fork } from "node:child_process";
import { join } from "node:path";

export interface PlayedHost {
  readonly name: string;
  readonly zone: string;
  readonly address: string;
}

export interface PlayedFleet {
  readonly server: string;
  /** Its tags are those of the hosts. */
  readonly token: string;
  readonly hosts: readonly PlayedHost[];
}

export type PlayedRequest = { readonly enrol: PlayedFleet } | { readonly leave: readonly string[] };

/** Hosts of another process, which make a real agent's calls and play what scripts would do (`played-scripts.ts`). */
export interface PlayedHosts {
  /** Resolves when all of them have enrolled and poll. */
  enrol(fleet: PlayedFleet): Promise<void>;
  /** They say goodbye, and are dark at once. */
  leave(names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export function startPlayedHosts(): PlayedHosts {
  const child = fork(join(import.meta.dirname, "played-hosts-process.ts"), { execArgv: [] });
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  let last = 0;
  child.on("message", (message) => {
    const { number, failure } = message as { readonly number: number; readonly failure?: string };
    const answered = waiting.get(number);
    waiting.delete(number);
    if (failure === undefined) answered?.resolve();
    else answered?.reject(new Error(`the played hosts: ${failure}`));
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code) => {
      for (const { reject } of waiting.values()) reject(new Error(`the played hosts ended with ${code}`));
      resolve();
    });
  });
  const ask = (request: PlayedRequest): Promise<void> => {
    const number = ++last;
    const answered = Promise.withResolvers<void>();
    waiting.set(number, answered);
    child.send({ number, request });
    return answered.promise;
  };
  return {
    enrol: (fleet) => ask({ enrol: fleet }),
    leave: (names) => ask({ leave: names }),
    async close() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
