import { join } from "node:path";
import { byHand } from "./by-hand.ts";
import type { BenchContext, Figure, Measured } from "./figure.ts";
import { deploy } from "./installation.ts";
import { type SingleHost, withSingleHost } from "./single-host.ts";
import { median, worst } from "./statistics.ts";

const REPETITIONS = 20;
const GOAL_SECONDS = 0.2;

export const oneHost: Figure = {
  name: "one-host",
  title: "one host, seven events with trivial hooks",
  measure: (context) => withSingleHost(context, (host) => measure(host, context)),
};

async function measure(
  { server, revision }: SingleHost,
  { folder, repetitions = REPETITIONS, say }: BenchContext,
): Promise<readonly Measured[]> {
  const handMade = await byHand(revision, join(folder, "by-hand"), 1);
  const times = [];
  const reference = [];
  for (let round = 0; round < repetitions; round++) {
    times.push(await deploy(server, 1));
    reference.push(await handMade());
    say(`${times.at(-1)?.observed.toFixed(3)} s, by hand ${reference.at(-1)?.toFixed(3)} s`);
  }
  const observed = times.map((each) => each.observed);
  const told = times.map((each) => each.told);
  return [
    {
      figure: "one host, CreateDeployment to Succeeded, as the client sees it",
      unit: "s",
      reached: median(observed),
      detail:
        `median of ${repetitions}; worst ${worst(observed).toFixed(3)}; first ${observed[0]?.toFixed(3)}; ` +
        `completeTime - createTime: median ${median(told).toFixed(3)}, worst ${worst(told).toFixed(3)}`,
      goal: { value: GOAL_SECONDS },
      reference:
        `tar, cp and five sh here, without ssh: median ${median(reference).toFixed(3)} s, worst ${worst(reference).toFixed(3)}; ` +
        "documented: one ssh pipe 0.33 s, the reference agent 6.7 s as shipped and 0.25 s tuned",
    },
  ];
}
