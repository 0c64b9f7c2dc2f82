import {
  type MemoryFunction,
  memoryFunctionAlias,
  newMemoryVersion,
} from "@sluice/drivers/memory/memory-function-alias.ts";
import {
  type AliasRouting,
  type AliasShift,
  type FunctionAlias,
  type LambdaAlias,
  routingOf,
} from "@sluice/engine/ports/function-alias.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { LambdaShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { HOOK_TIMEOUT_MILLISECONDS } from "@sluice/engine/time-limits.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { ShiftPorts } from "@sluice/server/platforms/shift-ports.ts";
import type { Life } from "../server-ports.ts";
import type { NewShift } from "../shift/create-shift.ts";
import type { FaultyPort } from "../shift/faulty-port.ts";
import type { ShiftOutside } from "../shift/shift-outside.ts";
import type { ShiftDeployment } from "../shift/shift-scenario.ts";
import type { ShiftPlants } from "../shift/shift-world.ts";
import { hookName } from "../shift/simulated-hooks.ts";
import type { SimulatedServer } from "../simulated-server.ts";
import type { Watched } from "../watched.ts";
import type { WorldParts } from "../world-parts.ts";
import { appSpecRevision, createLambdaShift } from "./create-lambda-shift.ts";
import type { LambdaDeployment, LambdaFaultRates, LambdaGroupScenario } from "./lambda-scenario.ts";

const ALIAS = "live";
/** The version that each function begins with. */
const FIRST = "1";
/** What the planted bug leaves on the version that is gone back from. */
const LEFT_PERCENT = 10;

export interface FunctionsParts {
  readonly world: WorldParts<LambdaFaultRates>;
  readonly groups: readonly LambdaGroupScenario[];
  readonly way: FaultyPort;
  readonly plants: ShiftPlants;
  readonly onMoved: (groupId: string) => void;
  readonly onOverwritten: (groupId: string) => void;
}

/** Functions, one a group, with an alias each: where that routes is the truth that the watcher knows. */
export class SimulatedFunctions implements ShiftOutside {
  readonly computePlatform = "Lambda";
  readonly #parts: FunctionsParts;
  readonly #functions: ReadonlyMap<string, MemoryFunction>;
  readonly #driver: FunctionAlias;
  /** By group: the version that had all traffic before the last deployment moved any. */
  readonly #before = new Map<string, string>();
  /** By group: when somebody else last changed its alias. */
  readonly #meddledAt = new Map<string, number>();

  constructor(parts: FunctionsParts) {
    this.#parts = parts;
    this.#functions = new Map(
      parts.groups.map(({ name }) => [
        name,
        {
          versions: new Map([[FIRST, newMemoryVersion()]]),
          aliases: new Map<string, AliasRouting>([[ALIAS, { version: FIRST, second: null }]]),
        },
      ]),
    );
    this.#driver = memoryFunctionAlias.create({}, { functions: this.#functions });
  }

  ports({ whileAlive, death }: Life): ShiftPorts {
    const { way } = this.#parts;
    const driver = this.#driver;
    return {
      functionAlias: {
        describe: (alias) => whileAlive(() => way.look(() => driver.describe(alias, death))),
        inspectVersion: (alias, version) =>
          whileAlive(() => way.look(() => driver.inspectVersion(alias, version, death))),
        shift: (alias, shift) => whileAlive(() => way.change(death, () => this.#shift(alias, shift, death))),
      },
    };
  }

  /** What the group ran first is deployed again from wherever the alias is; everything else is a new version. */
  strategyOf(groupId: string, deployment: ShiftDeployment, revision: string): LambdaShift {
    const { schedule, isFromAlias } = deployment as LambdaDeployment;
    this.#before.delete(groupId);
    const first = this.#firstAgain(groupId);
    if (revision === "current") return { type: "lambda-shift", schedule, ...first };
    const { version = FIRST } = this.routingOf(groupId) ?? {};
    const targetVersion = this.#publish(groupId);
    const currentVersion = isFromAlias ? null : version;
    return { type: "lambda-shift", schedule, ...first, currentVersion, targetVersion };
  }

  currentRevisionOf(groupId: string): RevisionLocation {
    return appSpecRevision(this.#firstAgain(groupId));
  }

  create(server: SimulatedServer, shift: NewShift, now: number): Promise<void> {
    const { strategy } = shift;
    if (strategy.type !== "lambda-shift") throw new Error("a function is deployed to by its strategy");
    return createLambdaShift(server, { ...shift, strategy }, now);
  }

  #firstAgain(groupId: string) {
    const group = this.#parts.groups.find(({ name }) => name === groupId);
    const hooks = Object.fromEntries((group?.hooks ?? []).map((event) => [event, hookName(groupId, event)]));
    const alias = { functionName: groupId, aliasName: ALIAS };
    return {
      alias,
      currentVersion: null,
      targetVersion: FIRST,
      hooks,
      hookTimeoutMilliseconds: HOOK_TIMEOUT_MILLISECONDS,
      hookMustAnswer: group?.hooksMustAnswer ?? false,
    };
  }

  newPercentOf({ row, head: { strategy } }: Watched): number | null {
    const routing = this.routingOf(row.deployment_group_id);
    if (!routing || (strategy.type !== "lambda-shift" && strategy.type !== "lambda-rollback")) return null;
    if (routing.version === strategy.targetVersion) return 100 - (routing.second?.percent ?? 0);
    return routing.second?.version === strategy.targetVersion ? routing.second.percent : 0;
  }

  weightsFault(groupId: string): string | null {
    const second = this.routingOf(groupId)?.second;
    if (!second || (Number.isInteger(second.percent) && second.percent > 0 && second.percent < 100)) return null;
    return `${second.percent} % go to version ${second.version}`;
  }

  isTidy(groupId: string): boolean {
    return this.routingOf(groupId)?.second === null;
  }

  /** An AppSpec that was written before another deployment ended may name a version that is not the current one any more. */
  canStart({ row, head: { strategy } }: Watched): boolean {
    const { version } = this.routingOf(row.deployment_group_id) ?? {};
    if (strategy.type !== "lambda-shift" || strategy.targetVersion === version) return false;
    const isCurrent = strategy.currentVersion === null || strategy.currentVersion === version;
    return isCurrent && this.isTidy(row.deployment_group_id);
  }

  isMeddledWith({ row }: Watched): boolean {
    return (this.#meddledAt.get(row.deployment_group_id) ?? Number.NEGATIVE_INFINITY) >= row.created_at;
  }

  servedBefore(groupId: string): string | undefined {
    return this.#before.get(groupId);
  }

  tidy(groupId: string): void {
    const routing = this.routingOf(groupId);
    if (routing) this.#functions.get(groupId)?.aliases.set(ALIAS, { version: routing.version, second: null });
  }

  haveFaults(): void {
    const { random, faults, deployments, count, chronicle, time } = this.#parts.world;
    for (const { name } of this.#parts.groups) {
      if (deployments.activeOf(name) === undefined || !random.chance(faults().meddling)) continue;
      const version = this.#publish(name);
      count("meddling");
      chronicle.note(`somebody else at ${name}`, `points its alias at version ${version}`);
      this.#meddledAt.set(name, time.now());
      this.#functions.get(name)?.aliases.set(ALIAS, { version, second: null });
    }
  }

  calmDown(): void {}

  async #shift(alias: LambdaAlias, shift: AliasShift, signal: AbortSignal): Promise<PortOutcome> {
    const { world, onMoved, onOverwritten } = this.#parts;
    const { functionName } = alias;
    const before = this.routingOf(functionName);
    const outcome = await this.#spoiledShift(alias, shift, signal);
    const after = this.routingOf(functionName);
    if (JSON.stringify(after) === JSON.stringify(before)) return outcome;
    world.chronicle.note(`alias of ${functionName}`, `routes ${JSON.stringify(after)}`);
    if (before?.second === null && shift.percent > 0) this.#before.set(functionName, before.version);
    const ours = [shift.currentVersion, shift.targetVersion];
    if (before && !ours.includes(before.version)) onOverwritten(functionName);
    onMoved(functionName);
    return outcome;
  }

  /** As planted bugs do it. */
  async #spoiledShift(alias: LambdaAlias, shift: AliasShift, signal: AbortSignal): Promise<PortOutcome> {
    const { plants } = this.#parts;
    const aliases = this.#functions.get(alias.functionName)?.aliases;
    if (plants.overwritesOthers) {
      aliases?.set(ALIAS, routingOf(shift));
      return { outcome: "done" };
    }
    const percent = plants.leavesWeight && shift.percent === 0 ? LEFT_PERCENT : shift.percent;
    const outcome = await this.#driver.shift(alias, { ...shift, percent }, signal);
    if (plants.restoresAnother && shift.percent === 0 && outcome.outcome === "done") {
      aliases?.set(ALIAS, { version: FIRST, second: null });
    }
    return outcome;
  }

  /** A new version, which can be invoked after a while. */
  #publish(groupId: string): string {
    const { world, groups } = this.#parts;
    const { activationMilliseconds = 0 } = groups.find(({ name }) => name === groupId) ?? {};
    const versions = this.#functions.get(groupId)?.versions;
    const version = String((versions?.size ?? 0) + 1);
    versions?.set(version, newMemoryVersion({ isActive: activationMilliseconds === 0, detail: "it is made ready" }));
    world.time.after(activationMilliseconds, () => versions?.set(version, newMemoryVersion()));
    return version;
  }

  routingOf(groupId: string): AliasRouting | undefined {
    return this.#functions.get(groupId)?.aliases.get(ALIAS);
  }
}
