/** Starts a process when this one has no file left, and prints what it is told: run by itself, under a limit of a few files. */
import { openSync } from "node:fs";
import { startProcesses } from "./environment-process.ts";

// Before the files are gone, which its reading takes.
console.log("begins");
try {
  for (;;) openSync("/dev/null", "r");
} catch {
  // That was the last.
}
const cgroup = {
  folders: [],
  memoryBytes: () => 0,
  peakBytes: () => 0,
  outOfMemoryKills: () => 0,
  processes: () => [],
  remove: async () => console.log("the group is removed"),
};
const launch = { command: ["true"], variables: {} };
const processes = startProcesses(
  { launch, isIsolated: true, hasChannel: true, logStream: "", memoryBytes: 0, cgroup },
  {
    onChannel: () => undefined,
    onOutput: () => undefined,
    onEnd: (_end, trouble) => {
      console.log(trouble);
      void processes.end();
    },
  },
);
