import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { misuse, readCommandLine } from "../scripts/command-line.ts";
import { agentIdle } from "./agent-idle.ts";
import { agentStart } from "./agent-start.ts";
import { clientInALoop } from "./client-in-a-loop.ts";
import { consoleLoad, consoleMemory } from "./console.ts";
import { containerFigures } from "./containers.ts";
import { type Figure, isReached } from "./figure.ts";
import { functionMemory } from "./function-memory.ts";
import { functionRate } from "./function-rate.ts";
import { functionStart } from "./function-start.ts";
import { install } from "./install-figure.ts";
import { describeMachine, lookAround } from "./machine.ts";
import { fiftyHosts, tenHosts } from "./many-hosts.ts";
import { oneHost } from "./one-host.ts";
import { copyRelease } from "./release.ts";
import { printMachine, printResults } from "./report.ts";
import { requestRate } from "./request-rate.ts";
import type { Result } from "./result.ts";
import { serverMemory } from "./server-memory.ts";
import { thousandHosts } from "./thousand-hosts.ts";

const FIGURES: readonly Figure[] = [
  oneHost,
  tenHosts,
  fiftyHosts,
  thousandHosts,
  install,
  agentStart,
  agentIdle,
  serverMemory,
  requestRate,
  clientInALoop,
  ...containerFigures,
  functionRate,
  functionStart,
  functionMemory,
  consoleLoad,
  consoleMemory,
];

const USAGE = `npm run bench -- [NAME...] [--json] [--repetitions N] [--profile DIR]

Measures every performance figure that the project claims, or those that are named:
${FIGURES.map(({ name, title }) => `  ${name.padEnd(20)}${title}`).join("\n")}

  --json            print the results as JSON
  --repetitions N   repeat each figure N times instead of its own number
  --profile DIR     servers and agents leave CPU profiles in DIR; they are slower for it`;

const { values: options, positionals: names } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    repetitions: { type: "string" },
    profile: { type: "string" },
  },
});

async function main(): Promise<number> {
  const unknown = names.filter((name) => !FIGURES.some((figure) => figure.name === name));
  const repetitions = options.repetitions === undefined ? undefined : Number(options.repetitions);
  if (unknown.length > 0 || (repetitions !== undefined && !(Number.isInteger(repetitions) && repetitions > 0))) {
    misuse(unknown.length > 0 ? `there is no figure ${unknown.join(", ")}` : "--repetitions takes a number", USAGE);
  }
  const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  try {
    return await measureAll(folder, repetitions);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(folder: string, repetitions: number | undefined): Promise<number> {
  const profiles = options.profile === undefined ? undefined : resolve(options.profile);
  if (profiles !== undefined) mkdirSync(profiles, { recursive: true });
  const release = copyRelease(makeFolder(folder, "release"), profiles);
  const machine = describeMachine(folder);
  if (!options.json) printMachine(machine);
  const results: Result[] = [];
  let isComplete = true;
  for (const figure of FIGURES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const surroundings = await lookAround();
    console.error(`── ${figure.title}`);
    const own = makeFolder(folder, figure.name);
    try {
      const say = (text: string) => console.error(`   ${text}`);
      const measured = await figure.measure({ release, folder: own, repetitions, say });
      results.push(...measured.map((each) => ({ ...each, surroundings })));
    } catch (error) {
      isComplete = false;
      console.error(`   not measured: ${error instanceof Error ? error.stack : error}`);
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  }
  const judged = results.map((result) => ({ ...result, isReached: isReached(result) }));
  if (options.json) console.log(JSON.stringify({ machine, results: judged }, undefined, 2));
  else printResults(results);
  return isComplete ? 0 : 1;
}

function makeFolder(parent: string, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  return folder;
}

process.exitCode = await main();
