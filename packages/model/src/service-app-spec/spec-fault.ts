import { type SpecSpot, spotOf } from "./spec-value.ts";

/** One fault of an AppSpec of ECS or Lambda. */
export interface SpecFault extends SpecSpot {
  /** Where: `Resources[0].TargetService.Properties.TaskDefinition`; empty of the file as a whole. Keys as they are written. */
  readonly path: string;
  /** What follows the path, value and cure in it, without a full stop. */
  readonly message: string;
}

/** Where a fault is. */
export type SpecPlace = SpecSpot & Pick<SpecFault, "path">;

/** All faults of one reading, in the order in which they are found. */
export type SpecFaults = SpecFault[];

export function addFault(faults: SpecFaults, place: SpecPlace, message: string): undefined {
  faults.push({ path: place.path, ...spotOf(place), message });
  return undefined;
}

/** `Resources[0].TargetService.Properties.TaskDefinition (line 7) is missing: …`. */
export function describeFault({ path, line, message }: SpecFault): string {
  const subject = path === "" ? "The AppSpec" : path;
  return `${subject}${line === null ? "" : ` (line ${line})`} ${message}`;
}
