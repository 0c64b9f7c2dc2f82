import {
  type MemoryFunction,
  memoryFunctionAlias,
  newMemoryVersion,
} from "@sluice/drivers/memory/memory-function-alias.ts";
import type { AliasRouting, AliasShift, FunctionAlias, LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { LambdaShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { HOOK_TIMEOUT_MILLISECONDS } from "@sluice/engine/time-limits.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { ShiftPorts } from "@sluice/server/platforms/shift-ports.ts";
import type { Life } from "../server-ports.ts";
import type { FaultyPort } from "../shift/faulty-port.ts";
import { revisionOf } from "../shift/furnish-groups.ts";
import type { ShiftOutside } from "../shift/shift-outside.ts";
import type { ShiftDeployment } from "../shift/shift-scenario.ts";
import type { ShiftPlants } from "../shift/shift-world.ts";
import { hookName } from "../shift/simulated-hooks.ts";
import type { Watched } from "../watched.ts";
import type { WorldParts } from "../world-parts.ts";
import type { LambdaGroupScenario } from "./lambda-scenario.ts";

const ALIAS = "live";
/** What the planted bug leaves on the version that is gone back from. */
const LEFT_PERCENT = 10;

export interface FunctionsParts {
  readonly world: WorldParts;
  readonly groups: readonly LambdaGroupScenario[];
  readonly way: FaultyPort;
  readonly plants: ShiftPlants;
  readonly onMoved: (groupId: string) => void;
}

/** Functions, one a group, with an alias each: where that routes is the truth that the watcher knows. */
export class SimulatedFunctions implements ShiftOutside {
  readonly computePlatform = "Lambda";
  readonly #parts: FunctionsParts;
  readonly #functions: ReadonlyMap<string, MemoryFunction>;
  readonly #driver: FunctionAlias;

  constructor(parts: FunctionsParts) {
    this.#parts = parts;
    this.#functions = new Map(
      parts.groups.map(({ name }) => [
        name,
        {
          versions: new Map([["1", newMemoryVersion()]]),
          aliases: new Map<string, AliasRouting>([[ALIAS, { version: "1", second: null }]]),
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

  strategyOf(groupId: string, { schedule }: ShiftDeployment): LambdaShift {
    const found = this.#functions.get(groupId);
    const group = this.#parts.groups.find(({ name }) => name === groupId);
    const { version: currentVersion = "1" } = found?.aliases.get(ALIAS) ?? {};
    const targetVersion = String((found?.versions.size ?? 0) + 1);
    this.#publish(groupId, targetVersion);
    const hooks = Object.fromEntries((group?.hooks ?? []).map((event) => [event, hookName(groupId, event)]));
    const alias = { functionName: groupId, aliasName: ALIAS };
    const hookTimeoutMilliseconds = HOOK_TIMEOUT_MILLISECONDS;
    return { type: "lambda-shift", schedule, alias, currentVersion, targetVersion, hooks, hookTimeoutMilliseconds };
  }

  currentRevisionOf(): RevisionLocation {
    return revisionOf("current");
  }

  newPercentOf({ row, head: { strategy } }: Watched): number | null {
    const routing = this.#routingOf(row.deployment_group_id);
    if (!routing || (strategy.type !== "lambda-shift" && strategy.type !== "lambda-rollback")) return null;
    if (routing.version === strategy.targetVersion) return 100 - (routing.second?.percent ?? 0);
    return routing.second?.version === strategy.targetVersion ? routing.second.percent : 0;
  }

  weightsFault(groupId: string): string | null {
    const second = this.#routingOf(groupId)?.second;
    if (!second || (Number.isInteger(second.percent) && second.percent > 0 && second.percent < 100)) return null;
    return `${second.percent} % go to version ${second.version}`;
  }

  isTidy(groupId: string): boolean {
    return this.#routingOf(groupId)?.second === null;
  }

  /** An AppSpec that was written before another deployment ended may name a version that is not the current one any more. */
  canStart({ row, head: { strategy } }: Watched): boolean {
    const { version } = this.#routingOf(row.deployment_group_id) ?? {};
    const isCurrent = strategy.type === "lambda-shift" && strategy.currentVersion === version;
    return isCurrent && this.isTidy(row.deployment_group_id);
  }

  tidy(groupId: string): void {
    const routing = this.#routingOf(groupId);
    if (routing) this.#functions.get(groupId)?.aliases.set(ALIAS, { version: routing.version, second: null });
  }

  haveFaults(): void {}

  calmDown(): void {}

  async #shift(alias: LambdaAlias, shift: AliasShift, signal: AbortSignal): Promise<PortOutcome> {
    const { plants, world, onMoved } = this.#parts;
    const before = this.#routingOf(alias.functionName);
    const percent = plants.leavesWeight && shift.percent === 0 ? LEFT_PERCENT : shift.percent;
    const outcome = await this.#driver.shift(alias, { ...shift, percent }, signal);
    const after = this.#routingOf(alias.functionName);
    if (JSON.stringify(after) !== JSON.stringify(before)) {
      world.chronicle.note(`alias of ${alias.functionName}`, `routes ${JSON.stringify(after)}`);
      onMoved(alias.functionName);
    }
    return outcome;
  }

  /** A new version, which can be invoked after a while. */
  #publish(groupId: string, version: string): void {
    const { world, groups } = this.#parts;
    const { activationMilliseconds = 0 } = groups.find(({ name }) => name === groupId) ?? {};
    const versions = this.#functions.get(groupId)?.versions;
    versions?.set(version, newMemoryVersion({ isActive: activationMilliseconds === 0, detail: "it is made ready" }));
    world.time.after(activationMilliseconds, () => versions?.set(version, newMemoryVersion()));
  }

  #routingOf(groupId: string): AliasRouting | undefined {
    return this.#functions.get(groupId)?.aliases.get(ALIAS);
  }
}
