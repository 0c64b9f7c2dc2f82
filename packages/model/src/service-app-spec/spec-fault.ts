/** One fault of an AppSpec of ECS or Lambda. */
export interface SpecFault {
  /** Where: `Resources[0].TargetService.Properties.TaskDefinition`; empty of the file as a whole. Keys as they are written. */
  readonly path: string;
  /** Counted from 1; null where the text gives none. */
  readonly line: number | null;
  /** What follows the path, value and cure in it, without a full stop. */
  readonly message: string;
}

/** Where a fault is. */
export type SpecPlace = Pick<SpecFault, "path" | "line">;

/** All faults of one reading, in the order in which they are found. */
export type SpecFaults = SpecFault[];

export function addFault(faults: SpecFaults, { path, line }: SpecPlace, message: string): undefined {
  faults.push({ path, line, message });
  return undefined;
}

/** `Resources[0].TargetService.Properties.TaskDefinition (line 7) is missing: …`. */
export function describeFault({ path, line, message }: SpecFault): string {
  const subject = path === "" ? "The AppSpec" : path;
  return `${subject}${line === null ? "" : ` (line ${line})`} ${message}`;
}
