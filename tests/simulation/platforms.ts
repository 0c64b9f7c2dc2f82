import type { EcsScenario } from "./ecs/ecs-scenario.ts";
import { ECS } from "./ecs/ecs-world.ts";
import type { HostScenario } from "./hosts/host-scenario.ts";
import { HOSTS, type HostPlants } from "./hosts/host-world.ts";
import type { LambdaScenario } from "./lambda/lambda-scenario.ts";
import { LAMBDA } from "./lambda/lambda-world.ts";
import type { Platform } from "./platform.ts";
import type { ShiftPlants } from "./shift/shift-world.ts";

/** Of any platform. */
export type Scenario = HostScenario | EcsScenario | LambdaScenario;

/** Every platform that can be simulated, by its name on the command line. */
export const PLATFORMS = { hosts: HOSTS, ecs: ECS, lambda: LAMBDA };

/** What is simulated where nobody says otherwise. */
export const DEFAULT_PLATFORM: PlatformName = "hosts";

export type PlatformName = keyof typeof PLATFORMS;

/** Bugs that a test can plant in the outside of any platform. */
export type Plants = HostPlants & ShiftPlants;

export function isPlatformName(name: string): name is PlatformName {
  return Object.hasOwn(PLATFORMS, name);
}

/** A scenario names its platform, which takes no other platform's scenarios. */
export function platformOf(scenario: Scenario): Platform<Scenario> {
  return PLATFORMS[scenario.platform] as unknown as Platform<Scenario>;
}

export function scenarioOf(platform: PlatformName, seed: number): Scenario {
  return PLATFORMS[platform].scenarioOf(seed);
}
