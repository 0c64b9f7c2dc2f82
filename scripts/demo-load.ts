import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

/** One request after the other, as long as it goes on. */
export interface Load {
  /** Ends it. Each call gives the same. */
  end(): Promise<{ readonly requests: number; readonly failures: readonly string[] }>;
}

const PAUSE_MILLISECONDS = 20;
/** Only ends what hangs. */
const ANSWER_TIMEOUT_MILLISECONDS = 30_000;

export function startLoad(url: string): Load {
  const failures: string[] = [];
  let requests = 0;
  let isOver = false;
  const going = (async () => {
    while (!isOver) {
      requests += 1;
      await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MILLISECONDS) })
        .then(async (answer) => {
          await answer.text();
          if (!answer.ok) failures.push(`HTTP ${answer.status}`);
        })
        .catch((error: Error) => failures.push(String(error.cause ?? error)));
      await pause(PAUSE_MILLISECONDS);
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await going;
      return { requests, failures };
    },
  };
}

/** So many requests by one curl; how many of them each version answered. */
export async function countAnswers(url: string, count: number): Promise<ReadonlyMap<string, number>> {
  const address = `${url}?[1-${count}]`;
  console.log(`$ curl --silent --fail '${address}'`);
  const args = ["--silent", "--show-error", "--fail", "--max-time", "60", address];
  const { stdout } = await promisify(execFile)("curl", args);
  const answers = new Map<string, number>();
  for (const line of stdout.trim().split("\n")) {
    const { version } = JSON.parse(line) as { readonly version: string };
    answers.set(version, (answers.get(version) ?? 0) + 1);
  }
  return answers;
}
