import { DEFAULT_PLATFORM, platformOf, type Scenario } from "./platforms.ts";
import { plural } from "./plural.ts";
import { shrink } from "./shrink.ts";
import type { Violation } from "./violation.ts";
import { simulateWorld, type WorldOptions, type WorldReport } from "./world.ts";

/** What happened last before the rule broke: longer stories are not read. */
const MAX_LINES = 80;
const DEPLOYMENT_ID = /d-[0-9A-Z]{9}/g;

/** A broken rule as a person can read it: the smallest world that breaks it, who did what in it and when, and how to see it again. */
export async function tell(report: WorldReport, seed: number, options: WorldOptions = {}): Promise<string> {
  const { violation } = report;
  if (!violation) throw new Error(`the world of seed ${seed} broke no rule: there is nothing to tell`);
  const smallest = await shrink(report, violation.rule, options);
  const told = await simulateWorld(smallest.scenario, { ...options, keepsChronicle: true });
  const last = told.violation ?? violation;
  const lines = aboutTheRule(told.chronicle, smallest.scenario, last);
  const left = Math.max(0, lines.length - MAX_LINES);
  return [
    `A rule was broken in the world of seed ${seed}: ${violation.rule}.`,
    `  After ${(violation.atMilliseconds / 1000).toFixed(3)} s, with ${describe(report.scenario)}:`,
    `  ${violation.deploymentId ?? "the world"} ${violation.message}`,
    `Replay it: npm run simulate -- ${platformFlag(report.scenario)}--seed ${seed} --count 1`,
    `The same rule in a smaller world (${describe(smallest.scenario)}), broken after ${(last.atMilliseconds / 1000).toFixed(3)} s:`,
    ...platformOf(smallest.scenario).linesOf(smallest.scenario),
    ...(left > 0 ? [`  (${left} lines before these)`] : []),
    ...lines.slice(-MAX_LINES).map((line) => `  ${line}`),
    `  The rule: ${last.rule}.`,
  ].join("\n");
}

/** Of a long story, what is not of others' parts or other deployments alone. */
function aboutTheRule(
  chronicle: readonly string[],
  scenario: Scenario,
  { deploymentId, message }: Pick<Violation, "deploymentId" | "message">,
): readonly string[] {
  if (chronicle.length <= MAX_LINES) return chronicle;
  const names = platformOf(scenario).namesIn(scenario);
  const concerned = names.filter((name) => message.includes(name));
  const isOfOthers = (line: string, own: readonly string[], all: readonly string[]) =>
    own.length > 0 && all.some((id) => line.includes(id)) && !own.some((id) => line.includes(id));
  const deployments = [...new Set(chronicle.flatMap((line) => line.match(DEPLOYMENT_ID) ?? []))];
  const own = deploymentId === null ? [] : [deploymentId];
  return chronicle.filter((line) => !isOfOthers(line, concerned, names) && !isOfOthers(line, own, deployments));
}

function describe(scenario: Scenario): string {
  const { groups, faults } = scenario;
  const deployments = groups.reduce((sum, group) => sum + group.deployments.length, 0);
  const kinds = Object.entries(faults).filter(([, rate]) => rate > 0);
  const names = kinds.map(([name]) => name).join(", ");
  const outside = platformOf(scenario).describe(scenario);
  return `${outside}, ${plural(groups.length, "group")}, ${plural(deployments, "deployment")} planned, ${names || "no faults"}`;
}

/** Hosts need not be named. */
function platformFlag({ platform }: Scenario): string {
  return platform === DEFAULT_PLATFORM ? "" : `--platform ${platform} `;
}
