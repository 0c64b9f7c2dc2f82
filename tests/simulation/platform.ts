import type { Moments, Watch } from "./rules/rule.ts";
import type { GroupBase, ScenarioBase } from "./scenario.ts";
import type { Life, ServerPorts } from "./server-ports.ts";
import type { WatchParts } from "./watch-parts.ts";
import type { Watched, WatchedGroup } from "./watched.ts";
import type { WorldParts } from "./world-parts.ts";

/** What deployments go to: everything of a world that is not the same for hosts, services and functions. `Plants`: bugs that a test can plant. */
export interface Platform<S extends ScenarioBase = ScenarioBase, Plants = unknown> {
  readonly scenarioOf: (seed: number) => S;
  /** Big steps first. Each candidate is smaller or simpler than the scenario, so that shrinking ends. */
  readonly smallerThan: (scenario: S) => Iterable<S>;
  /** What it deploys to, in a few words: "3 hosts". */
  readonly describe: (scenario: S) => string;
  /** A line on each group, and on whatever is odd. */
  readonly linesOf: (scenario: S) => readonly string[];
  /** The names by which a story tells what it is about from the rest. */
  readonly namesIn: (scenario: S) => readonly string[];
  readonly begin: (scenario: S, parts: WorldParts<S["faults"]>, plants: Plants) => PlatformWorld<S["groups"][number]>;
}

/** One world's part of its platform: the outside that is deployed to, and who works there. */
export interface PlatformWorld<Group extends GroupBase = GroupBase> {
  readonly groups: ReadonlyMap<string, WatchedGroup>;
  /** Faults after which the server waits before it tries again. */
  readonly outsideFaults: readonly string[];
  /** The database and the outside, as the past left them. */
  furnish(): Promise<void>;
  /** The outside, as one life of the server asks it. */
  ports(life: Life): ServerPorts;
  /** Everybody begins but the operators. */
  start(): void;
  /** Once a second, until the faults stop. */
  haveFaults(): void;
  /** The faults have stopped. */
  calmDown(): void;
  /** Somebody's call comes to the server's door, and the server takes it. */
  knocked(caller: string): void;
  heard(caller: string): void;
  /** A person is about to ask for the group's deployment of this index. */
  prepare(group: Group, index: number): void;
  /** Asks for it once. */
  create(group: Group, index: number): Promise<void>;
  /** Called now and then of a deployment that a person looks at. */
  attend?(deploymentId: string): void;
  /** Whether traffic goes from one version to another, so that a stop would leave some of it here and some there. */
  isMovingTraffic(deploymentId: string): boolean;
  /** When something last happened of which a server in trouble may take notice late; -Infinity: never. */
  lastUnnoticedAt(): number;
  /** The group takes the outcome of its deployment in. */
  takeIn(watched: Watched): void;
  /** What sort of deployment it is, for the tally. */
  nameOf(watched: Watched): string;
  watch(
    parts: WatchParts,
    onViolation: (rule: string, deploymentId: string | null, message: string) => void,
  ): Watch<Moments>;
}
