import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ENROLMENT_FILE_NAMES } from "@sluice/agent/identity/enrolment-files.ts";
import { chooseProgram } from "@sluice/cli/release/program-choice.ts";
import type { Figure } from "./figure.ts";
import { createToken } from "./installation.ts";
import { processorSecondsOf } from "./process-figures.ts";
import { enrolHost, runAgent, startServer } from "./sluice-process.ts";
import { median, worst } from "./statistics.ts";

const REPETITIONS = 15;
const POLL = /\.PollHostCommand$/;

interface Start {
  readonly seconds: number;
  readonly processorSeconds: number;
}

/** From the command to the first poll at the server's door, and what the process has used of the processor by then. */
export const agentStart: Figure = {
  name: "agent-start",
  title: "start of an agent, to its first poll",
  async measure({ release, folder, repetitions = REPETITIONS, say }) {
    const data = join(folder, "agent");
    const server = await startServer(release, folder);
    const token = await createToken(server, 1);
    await enrolHost(release, server.url, { name: "bench-1", token, data });
    await server.close();
    const door = await openDoor();
    try {
      const file = join(data, ENROLMENT_FILE_NAMES.agent);
      const enrolment: object = JSON.parse(readFileSync(file, "utf8"));
      writeFileSync(file, JSON.stringify({ ...enrolment, server: door.url }));
      const ours: Start[] = [];
      const bare: Start[] = [];
      // The first of each finds its files on the disk, and does not count.
      for (let round = 0; round <= repetitions; round++) {
        const agent = await door.timed(POLL, () => runAgent(release, { data }));
        const node = await door.timed(/^$/, () => startBareNode(door.url));
        if (round > 0) {
          ours.push(agent);
          bare.push(node);
        }
        say(`${agent.seconds.toFixed(3)} s; a bare Node's request ${node.seconds.toFixed(3)} s`);
      }
      const processor = (starts: readonly Start[]) =>
        `${(1000 * median(starts.map((start) => start.processorSeconds))).toFixed(0)} ms of processor time`;
      return [
        {
          figure: "start of an agent, to its first poll",
          unit: "s",
          reached: median(ours.map(({ seconds }) => seconds)),
          detail:
            `median of ${repetitions}; worst ${worst(ours.map(({ seconds }) => seconds)).toFixed(3)}; ` +
            `by bin/sluice, enrolled before, plain HTTP; ${processor(ours)}`,
          reference:
            `a bare Node with the same settings that sends one request: median ${median(bare.map(({ seconds }) => seconds)).toFixed(3)} s, ` +
            processor(bare),
        },
      ];
    } finally {
      door.close();
    }
  },
};

function startBareNode(url: string): { readonly processId: number; close(): Promise<void> } {
  const script = `require("node:http").get(${JSON.stringify(url)}).on("error", () => {})`;
  const child: ChildProcess = spawn(process.execPath, [...chooseProgram(["agent", "run"]).options, "-e", script], {
    stdio: "ignore",
    env: { MALLOC_ARENA_MAX: "1" },
  });
  return {
    processId: child.pid!,
    async close() {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}

interface Door {
  readonly url: string;
  /** Starts a process, waits until it has asked for what is meant (by its X-Amz-Target), and ends it. */
  timed(target: RegExp, start: () => { readonly processId: number; close(): Promise<void> }): Promise<Start>;
  close(): void;
}

/** Holds polls, as a server without commands does, and answers everything else with nothing. */
async function openDoor(): Promise<Door> {
  let onRequest = (_: IncomingMessage) => {};
  const door: Server = createServer((request, response) => {
    onRequest(request);
    if (!POLL.test(targetOf(request))) response.end("{}");
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    async timed(target, start) {
      const asked = Promise.withResolvers<void>();
      onRequest = (request) => {
        if (target.test(targetOf(request))) asked.resolve();
      };
      const startedAt = performance.now();
      const started = start();
      await asked.promise;
      const seconds = (performance.now() - startedAt) / 1000;
      const processorSeconds = processorSecondsOf(started.processId);
      await started.close();
      return { seconds, processorSeconds };
    },
    close: () => {
      door.closeAllConnections();
      door.close();
    },
  };
}

function targetOf(request: IncomingMessage): string {
  return String(request.headers["x-amz-target"] ?? "");
}
