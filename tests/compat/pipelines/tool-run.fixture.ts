import type { CodeDeployClient } from "@aws-sdk/client-codedeploy";

/** How a tool that deploys ended, as its pipeline sees it. */
export interface ToolRun {
  readonly exitCode: number;
  /** Operations in their order. One that is called again and again, as a poll, stands once. */
  readonly calls: readonly string[];
  /** Its log. */
  readonly said: readonly string[];
}

type Say = (line: string) => void;
/** Of any service: their stacks are of different types, and alike in what is needed here. */
interface Client {
  readonly middlewareStack: unknown;
}

const RECORDER = "records what a tool calls";

/** Plays a tool. What it throws is the end of its log, and its exit code 1. `said` is filled as it goes on. */
export async function runTool(
  clients: readonly Client[],
  tool: (say: Say) => Promise<void>,
  said: string[] = [],
): Promise<ToolRun> {
  const calls: string[] = [];
  const stacks = clients.map(({ middlewareStack }) => middlewareStack as CodeDeployClient["middlewareStack"]);
  for (const stack of stacks) {
    stack.add(
      (next, context) => (args) => {
        const name = String(context.commandName).replace(/Command$/, "");
        if (calls.at(-1) !== name) calls.push(name);
        return next(args);
      },
      { step: "initialize", name: RECORDER },
    );
  }
  try {
    await tool((line) => said.push(line));
    return { exitCode: 0, calls, said };
  } catch (error) {
    return { exitCode: 1, calls, said: [...said, String((error as Error).message)] };
  } finally {
    for (const stack of stacks) stack.remove(RECORDER);
  }
}

/** Of the SDK's waiters. Tools leave the pace to them, which begins at two seconds. */
export const POLLS = { maxWaitTime: 300, minDelay: 1, maxDelay: 1 } as const;
