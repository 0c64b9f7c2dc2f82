import { CallerFault } from "@sluice/model/caller-fault.ts";
import { parseHostCommandIdentifier } from "@sluice/model/host-command.ts";
import type { LogChunk, PutHostLogsInput, PutHostLogsOutput } from "@sluice/wire/sluice/operations.ts";
import { LOG_STREAMS, type LogLine } from "../../logs/log-line.ts";
import type { HostRow } from "../../store/hosts.ts";
import type { Operation } from "../operation.ts";
import { type SluiceContext, speakingHost } from "./sluice-context.ts";

/** A script's name is a path in the bundle. */
const SCRIPT_NAME_MAX_CHARACTERS = 4096;

/** Answered when everything is stored. What was stored before is dropped, so a host may send a batch again. */
export const putHostLogs: Operation<PutHostLogsInput, PutHostLogsOutput, SluiceContext> = async (input, context) => {
  const host = await speakingHost(input.hostIdentifier, context);
  context.liveness.seen(host.host_id, context.now(), "sluice");
  const byDeployment = Map.groupBy(
    (input.chunks ?? []).map((chunk) => readChunk(chunk, host)),
    ({ deploymentId }) => deploymentId,
  );
  if (byDeployment.size === 0) return {};
  await requireTargets([...byDeployment.keys()], host, context);
  await Promise.all(
    [...byDeployment].map(([deploymentId, chunks]) =>
      context.logs.append(
        deploymentId,
        chunks.map(({ line }) => line),
      ),
    ),
  );
  return {};
};

function readChunk(chunk: LogChunk, host: HostRow): { readonly deploymentId: string; readonly line: LogLine } {
  const identifier = chunk.hostCommandIdentifier ?? "";
  const key = parseHostCommandIdentifier(identifier);
  if (!key) throw invalid(`hostCommandIdentifier "${identifier}" names no command`);
  if (key.targetId !== host.host_id) {
    throw new CallerFault(
      "AccessDeniedException",
      `The command ${identifier} is another host's: ${host.host_id} may send the output of its own commands only.`,
    );
  }
  const { sequence, at, stream, scriptName, text } = chunk;
  if (!Number.isSafeInteger(sequence) || sequence < 0) throw invalid(`sequence is ${sequence}: count from 0`);
  if (!LOG_STREAMS.includes(stream)) throw invalid(`stream is "${stream}": use one of ${LOG_STREAMS.join(", ")}`);
  if (!(at instanceof Date) || Number.isNaN(at.getTime()))
    throw invalid("at is missing: say when the text was printed");
  if (typeof text !== "string") throw invalid("text is missing");
  return {
    deploymentId: key.deploymentId,
    line: {
      hostCommandIdentifier: identifier,
      sequence,
      targetId: host.host_id,
      lifecycleEvent: key.event,
      at: at.getTime(),
      stream,
      scriptName: (scriptName ?? "").slice(0, SCRIPT_NAME_MAX_CHARACTERS),
      text,
    },
  };
}

/** Output of deployments that never meant the host, or that are deleted, is refused: sending it again will not help. */
async function requireTargets(
  deploymentIds: readonly string[],
  host: HostRow,
  { store }: SluiceContext,
): Promise<void> {
  const rows = await store.db
    .selectFrom("targets")
    .select("deployment_id")
    .where("target_id", "=", host.host_id)
    .where("deployment_id", "in", deploymentIds)
    .execute();
  const known = new Set(rows.map((row) => row.deployment_id));
  const unknown = deploymentIds.find((deploymentId) => !known.has(deploymentId));
  if (unknown === undefined) return;
  throw new CallerFault(
    "LogDoesNotExistException",
    `There is no deployment ${unknown} with the target ${host.host_id}: its output is not kept.`,
  );
}

function invalid(problem: string): CallerFault {
  return new CallerFault("ValidationException", `A chunk of chunks is not valid: ${problem}.`);
}
