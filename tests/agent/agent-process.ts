import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { nextScriptMark } from "@sluice/agent/process/script-mark.ts";
import { runAgent } from "@sluice/agent/run-agent.ts";
import { SUCCEEDED } from "./agent-bench.fixture.ts";

/**
 * An agent as a process of its own, to be killed by tests: `agent-process.ts DIRECTORY STARTS SCRIPT`. Every event runs the shell text
 * SCRIPT in a process group of its own, after a line in the file STARTS that names the event and the shell's process.
 */
const [directory, startsFile, script] = process.argv.slice(2) as [string, string, string];

process.exitCode = await runAgent({
  directory,
  host: {
    isNoop: () => false,
    afterFailure: async ({ event, outcome }) =>
      appendFileSync(`${startsFile}.failed`, `${event} ${outcome.errorCode}\n`),
    run: (command) =>
      new Promise((resolve) => {
        const child = spawn("/bin/sh", ["-c", script], {
          env: { ...process.env, LIFECYCLE_EVENT: command.commandName, ...nextScriptMark() },
          detached: true,
          stdio: "ignore",
        });
        child.once("spawn", () => appendFileSync(startsFile, `${command.commandName} ${child.pid}\n`));
        child.once("exit", () => resolve(SUCCEEDED));
      }),
  },
});
