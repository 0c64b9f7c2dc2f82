import type { HostReason, HostTerminator, TerminationReport } from "@sluice/engine/ports/fleet.ts";

/** How far the attempts have come. */
export interface TerminationProgress {
  /** What is known of all attempts. */
  readonly soFar: TerminationReport;
  /** To be asked for again. */
  readonly unanswered: readonly HostReason[];
  /** The last attempt has settled something. */
  readonly hasProgressed: boolean;
}

const NOTHING_YET: TerminationReport = { terminated: [], kept: [] };

/** Asks for those hosts of which no attempt has told yet what became of them. */
export async function terminateOriginals(
  hostTerminator: HostTerminator,
  targetIds: readonly string[],
  before: TerminationReport | undefined,
  signal: AbortSignal,
): Promise<TerminationProgress> {
  const { terminated, kept } = before ?? NOTHING_YET;
  const answer = await hostTerminator.terminate(unsettled(targetIds, before), signal);
  return {
    soFar: { terminated: [...terminated, ...answer.terminated], kept: [...kept, ...answer.kept] },
    unanswered: answer.unanswered,
    hasProgressed: answer.terminated.length + answer.kept.length > 0,
  };
}

export function unsettled(
  targetIds: readonly string[],
  { terminated, kept }: TerminationReport = NOTHING_YET,
): readonly string[] {
  const settled = new Set([...terminated, ...kept.map(({ hostId }) => hostId)]);
  return targetIds.filter((hostId) => !settled.has(hostId));
}

/** What the planner is told when nobody asks any more. */
export function givenUp(
  { terminated, kept }: TerminationReport = NOTHING_YET,
  unanswered: readonly HostReason[],
): TerminationReport {
  return { terminated, kept: [...kept, ...unanswered] };
}
