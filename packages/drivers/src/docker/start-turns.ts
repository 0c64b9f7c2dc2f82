import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import type { ContainerPlan } from "@sluice/engine/ports/container-engine.ts";
import { isWithin } from "./bind-folders.ts";
import { engineNameOf } from "./container-identity.ts";

/** What nobody else may change while a container starts. */
export interface StartClaim {
  /** The container, as the engine calls it. */
  readonly name: string;
  readonly folders: readonly ClaimedFolder[];
}

export interface ClaimedFolder {
  /** Without links, as it was found before the turn. */
  readonly path: string;
  readonly isReadOnly: boolean;
}

/** A folder that is not there is left out: the start refuses it. */
export async function startClaimOf(installation: string, plan: ContainerPlan): Promise<StartClaim> {
  const found = await Promise.all(
    plan.mounts.map(async ({ folder, isReadOnly }): Promise<ClaimedFolder[]> => {
      const path = folder === null ? undefined : await realpath(folder).catch(() => undefined);
      return path === undefined ? [] : [{ path, isReadOnly }];
    }),
  );
  return { name: engineNameOf(installation, plan), folders: found.flat() };
}

/**
 * Whether two starts must not be at the same time: they are of one container, or one of them may write to a folder above the other's, and
 * so could change the way to it while the engine follows it.
 */
export function isInTheWay(one: StartClaim, other: StartClaim): boolean {
  return one.name === other.name || hasWriterAbove(one, other) || hasWriterAbove(other, one);
}

function hasWriterAbove(upper: StartClaim, lower: StartClaim): boolean {
  return upper.folders.some(
    ({ path, isReadOnly }) => !isReadOnly && lower.folders.some((folder) => isWithin(path, dirname(folder.path))),
  );
}

interface Turn {
  readonly claim: StartClaim;
  readonly ended: Promise<void>;
}

/** Each start waits for those before it that are in its way, and for no others; or throws its signal's reason. */
export function createStartTurns() {
  const turns = new Set<Turn>();
  return async <Result>(claim: StartClaim, signal: AbortSignal, act: () => Promise<Result>): Promise<Result> => {
    const before = [...turns].filter((turn) => isInTheWay(turn.claim, claim)).map(({ ended }) => ended);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const turn = { claim, ended };
    turns.add(turn);
    try {
      await untilAborted(Promise.all(before), signal);
      return await act();
    } finally {
      turns.delete(turn);
      end();
    }
  };
}

async function untilAborted(waited: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([waited, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
