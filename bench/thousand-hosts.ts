import { join } from "node:path";
import type { Figure } from "./figure.ts";
import { createToken, deployAndPoll, HOST_TAG, prepareApplication, untilAlive } from "./installation.ts";
import { memoryOf, processorSecondsOf } from "./process-figures.ts";
import { startSimulatedHosts } from "./simulated-hosts.ts";
import { startServer } from "./sluice-process.ts";
import { median, worst } from "./statistics.ts";
import { writeTrivialRevision } from "./trivial-revision.ts";

const HOSTS = 1_000;
const EVENTS = 7;
const REPETITIONS = 3;
const GOAL_SECONDS = 10;

export const thousandHosts: Figure = {
  name: "1000-hosts",
  title: "1,000 simulated agents over signed HTTP, AllAtOnce",
  async measure({ release, folder, repetitions = REPETITIONS, say }) {
    const revision = join(folder, "revision");
    writeTrivialRevision(revision, join(folder, "destination"));
    const server = await startServer(release, folder);
    const token = await createToken(server, HOSTS);
    const start = performance.now();
    const hosts = await startSimulatedHosts({ server: server.url, token, count: HOSTS, tag: HOST_TAG });
    try {
      await prepareApplication(server, revision);
      await untilAlive(server, HOSTS);
      say(`${HOSTS} hosts enrolled and polling after ${((performance.now() - start) / 1000).toFixed(1)} s`);
      const rounds = [];
      for (let round = 0; round < repetitions; round++) {
        const before = { ...(await hosts.count()), server: processorSecondsOf(server.processId) };
        const times = await deployAndPoll(server, HOSTS);
        const after = { ...(await hosts.count()), server: processorSecondsOf(server.processId) };
        const completed = after.completed - before.completed;
        if (completed !== HOSTS * EVENTS) throw new Error(`${completed} completions, not ${HOSTS * EVENTS}`);
        const requests = after.requests - before.requests;
        if (after.failures > before.failures) {
          say(`${after.failures - before.failures} requests had to be repeated: ${after.lastFailure}`);
        }
        const simulators = after.processorSeconds - before.processorSeconds;
        rounds.push({ ...times, requests, simulators, server: after.server - before.server });
        const { observed, told, server: ofServer } = rounds.at(-1)!;
        say(
          `${observed.toFixed(2)} s (told ${told.toFixed(2)}); processor: server ${ofServer.toFixed(2)} s, simulators ${simulators.toFixed(2)} s; ${requests} requests`,
        );
      }
      const observed = rounds.map((round) => round.observed);
      return [
        {
          figure: "1,000 simulated hosts, AllAtOnce, CreateDeployment to Succeeded, as the client sees it",
          unit: "s",
          reached: median(observed),
          detail:
            `median of ${repetitions}; worst ${worst(observed).toFixed(2)}; completeTime - createTime: median ${median(rounds.map(({ told }) => told)).toFixed(2)}; ` +
            `${Math.round(median(rounds.map(({ requests }) => requests)))} requests; processor time: server ${median(rounds.map(({ server: each }) => each)).toFixed(1)} s, ` +
            `simulators ${median(rounds.map(({ simulators }) => simulators)).toFixed(1)} s`,
          goal: { value: GOAL_SECONDS },
          reference: "none: nothing else here drives 1,000 hosts; ten and fifty real ones are above",
        },
        {
          figure: "server after deployments to 1,000 hosts, RSS",
          unit: "MB",
          reached: memoryOf(server.processId).rss,
          detail: `at the end of the last of ${repetitions}, with all of them connected`,
          reference: "none: there is no other server of this kind",
        },
      ];
    } finally {
      await hosts.close();
      await server.close();
    }
  },
};
