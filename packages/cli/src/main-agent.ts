import { directoryToRun } from "./arguments/directory-to-run.ts";
import { reportFailure } from "./command-failed.ts";
import { nameProcess } from "./process/process-name.ts";
import { outliveItsReaders } from "./terminal/closed-output.ts";

/**
 * `sluice agent` as a program of its own: every host holds it in memory. The one command that stays, `agent run --data DIR`, is
 * recognised without the parser of command lines, which takes 4 MB; every other spelling, and every mistake, goes to the parser.
 */
async function main(argv: readonly string[]): Promise<void> {
  const directory = directoryToRun(argv);
  if (directory === undefined) {
    const [{ runProgram }, { AGENT_VERB }, { LOCAL_VERB }] = await Promise.all([
      import("./program.ts"),
      import("./agent-verb.ts"),
      import("./local-verb.ts"),
    ]);
    return runProgram(argv, [AGENT_VERB, LOCAL_VERB]);
  }
  outliveItsReaders(true);
  nameProcess("sluice-agent", directory);
  try {
    const { runAgent } = await import("@sluice/agent/run-agent.ts");
    process.exitCode = await runAgent({ directory });
  } catch (error) {
    reportFailure(error);
  }
}

// The launcher set it for this process, which has read it; the scripts of a deployment are to have what the host has.
delete process.env.MALLOC_ARENA_MAX;
void main(process.argv.slice(2));
