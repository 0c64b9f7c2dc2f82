import type { Scenario } from "./scenario.ts";
import { shrink } from "./shrink.ts";
import { simulateWorld, type WorldOptions, type WorldReport } from "./world.ts";

/** What happened last before the rule broke: longer stories are not read. */
const LINES_MAX = 80;

/** A broken rule as a person can read it: the smallest world that breaks it, who did what in it and when, and how to see it again. */
export async function tell(report: WorldReport, seed: number, options: WorldOptions = {}): Promise<string> {
  const { violation } = report;
  if (!violation) throw new Error(`the world of seed ${seed} broke no rule: there is nothing to tell`);
  const smallest = await shrink(report, violation.rule, options);
  const told = await simulateWorld(smallest.scenario, { ...options, keepsChronicle: true });
  const last = told.violation ?? violation;
  const left = Math.max(0, told.chronicle.length - LINES_MAX);
  return [
    `A rule was broken in the world of seed ${seed}: ${violation.rule}.`,
    `  After ${(violation.atMilliseconds / 1000).toFixed(3)} s, with ${describe(report.scenario)}:`,
    `  ${violation.deploymentId ?? "the world"} ${violation.message}`,
    `Replay it: npm run simulate -- --seed ${seed} --count 1`,
    `The same rule in a smaller world (${describe(smallest.scenario)}), broken after ${(last.atMilliseconds / 1000).toFixed(3)} s:`,
    ...groupsOf(smallest.scenario),
    ...(left > 0 ? [`  (${left} lines before these)`] : []),
    ...told.chronicle.slice(-LINES_MAX).map((line) => `  ${line}`),
    `  The rule: ${last.rule}.`,
  ].join("\n");
}

function describe({ hosts, groups, faults }: Scenario): string {
  const deployments = groups.reduce((sum, group) => sum + group.deployments.length, 0);
  const kinds = Object.entries(faults).filter(([, rate]) => rate > 0);
  const names = kinds.map(([name]) => name).join(", ");
  return `${plural(hosts.length, "host")}, ${plural(groups.length, "group")}, ${plural(deployments, "deployment")} planned, ${names || "no faults"}`;
}

function groupsOf({ hosts, groups }: Scenario): string[] {
  const odd = hosts.filter(({ nature }) => nature !== "honest").map(({ hostId, nature }) => `${hostId} ${nature}`);
  return [
    ...groups.map(
      ({ name, strategy, healthRule, members, others }) =>
        `  ${name}: ${strategy.type}, ${healthRule.type} ${healthRule.value}, on ${[...members, ...others].join(" ")}`,
    ),
    ...(odd.length > 0 ? [`  ${odd.join(", ")}`] : []),
  ];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
