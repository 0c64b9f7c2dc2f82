import type { AliasRouting, LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import { inTime, keptLooks } from "./kept-looks.ts";
import { boundPort, type ShiftPorts } from "./shift-ports.ts";

/** Aliases as they route now, for people who look. Nothing is decided by it. */
export interface LambdaAliases {
  /** Null: there is no such alias. Undefined: nobody can say now. Never rejects, and takes no longer than the time-out. */
  look(alias: LambdaAlias): Promise<AliasRouting | null | undefined>;
}

/** @param now epoch milliseconds */
export function liveLambdaAliases(ports: ShiftPorts, now: () => number): LambdaAliases {
  const look = keptLooks<LambdaAlias, AliasRouting | null | undefined>(
    (alias, signal) =>
      inTime(async () => (await boundPort(ports, "functionAlias").describe(alias, signal)) ?? null, signal),
    now,
    ({ functionName, aliasName }) => JSON.stringify([functionName, aliasName]),
  );
  return { look };
}
