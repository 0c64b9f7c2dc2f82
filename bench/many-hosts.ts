import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { byHand } from "./by-hand.ts";
import type { BenchContext, Figure, Measured } from "./figure.ts";
import { createToken, deploy, prepareApplication, untilAlive } from "./installation.ts";
import { endedChildrenSecondsOf, processorSecondsOf } from "./process-figures.ts";
import { type RunningAgent, startAgent, startServer } from "./sluice-process.ts";
import { median, worst } from "./statistics.ts";
import { writeTrivialRevision } from "./trivial-revision.ts";

const REPETITIONS = 7;
/** Agents that start at the same time: each takes a core for a third of a second. */
const STARTS_AT_ONCE = 4;

export const tenHosts = figureOf(10, 0.35, "one ssh pipe each 1.0 s, Ansible 19 s");
export const fiftyHosts = figureOf(50, 1.5, "one ssh pipe each 5.1 s, Ansible 86 s");

function figureOf(hosts: number, goalSeconds: number, documented: string): Figure {
  return {
    name: `${hosts}-hosts`,
    title: `${hosts} real agents on this machine, AllAtOnce`,
    measure: (context) => measure(hosts, goalSeconds, documented, context),
  };
}

async function measure(
  hosts: number,
  goalSeconds: number,
  documented: string,
  { release, folder, repetitions = REPETITIONS, say }: BenchContext,
): Promise<readonly Measured[]> {
  if (process.getuid?.() !== 0) throw new Error("many agents on one machine need root, to have a destination each");
  const destination = join(folder, "destination");
  mkdirSync(destination);
  const revision = join(folder, "revision");
  writeTrivialRevision(revision, destination);
  const server = await startServer(release, folder);
  const agents: RunningAgent[] = [];
  try {
    const token = await createToken(server, hosts);
    for (let first = 0; first < hosts; first += STARTS_AT_ONCE) {
      const numbers = Array.from({ length: Math.min(STARTS_AT_ONCE, hosts - first) }, (_, index) => first + index);
      const start = (number: number) =>
        startAgent(release, server.url, {
          name: `bench-${number}`,
          token,
          data: join(folder, `agent-${number}`),
          ownFolder: { at: destination, folder: join(folder, `destination-${number}`) },
        });
      agents.push(...(await Promise.all(numbers.map(start))));
    }
    await prepareApplication(server, revision);
    await untilAlive(server, hosts);
    const handMade = await byHand(revision, join(folder, "by-hand"), hosts);
    const agentsAndScripts = () =>
      agents.reduce((sum, { processId }) => sum + processorSecondsOf(processId) + endedChildrenSecondsOf(processId), 0);
    const times = [];
    const reference = [];
    const serverShare = [];
    const agentShare = [];
    for (let round = 0; round < repetitions; round++) {
      const before = processorSecondsOf(server.processId);
      const ofAgentsBefore = agentsAndScripts();
      times.push(await deploy(server, hosts));
      serverShare.push(processorSecondsOf(server.processId) - before);
      agentShare.push((agentsAndScripts() - ofAgentsBefore) / hosts);
      reference.push(await handMade());
      say(`${times.at(-1)?.observed.toFixed(3)} s, by hand ${reference.at(-1)?.toFixed(3)} s`);
    }
    const observed = times.map((each) => each.observed);
    const told = times.map((each) => each.told);
    return [
      {
        figure: `${hosts} hosts, AllAtOnce, CreateDeployment to Succeeded, as the client sees it`,
        unit: "s",
        reached: median(observed),
        detail:
          `median of ${repetitions}; worst ${worst(observed).toFixed(3)}; first ${observed[0]?.toFixed(3)}; ` +
          `completeTime - createTime: median ${median(told).toFixed(3)}; processor time of the server ${median(serverShare).toFixed(2)} s, ` +
          `of each agent with its scripts ${median(agentShare).toFixed(3)} s`,
        goal: { value: goalSeconds },
        reference:
          `tar, cp and five sh here, ${hosts} times at once, without ssh: median ${median(reference).toFixed(3)} s, ` +
          `worst ${worst(reference).toFixed(3)}; documented: ${documented}`,
      },
    ];
  } finally {
    await Promise.all(agents.map((agent) => agent.close()));
    await server.close();
  }
}
