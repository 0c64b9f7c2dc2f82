import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt, truncate } from "@sluice/model/excerpt.ts";
import { type HostCommandKey, parseHostCommandIdentifier } from "@sluice/model/host-command.ts";
import {
  MAX_LOG_CHUNK_TEXT_CHARACTERS,
  MAX_LOG_CHUNKS_PER_REQUEST,
  MAX_SCRIPT_NAME_CHARACTERS,
} from "@sluice/model/limits.ts";
import type { LogChunk, PutHostLogsInput, PutHostLogsOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { LOG_STREAMS, type LogLine } from "../../logs/log-line.ts";
import type { HostRow } from "../../store/hosts.ts";
import { loadSomeTargets } from "../../store/targets.ts";
import type { Operation } from "../operation.ts";
import { outputRefusal } from "./accepted-output.ts";
import { type SluiceContext, speakingHost } from "./sluice-context.ts";

interface ReadChunk {
  readonly key: HostCommandKey;
  readonly line: LogLine;
}

/** Answered when everything is stored. What was stored before is dropped, so a host may send a batch again. */
export const putHostLogs: Operation<PutHostLogsInput, PutHostLogsOutput, SluiceContext> = async (input, context) => {
  const host = await speakingHost(input.hostIdentifier, context);
  context.liveness.seen(host.host_id, context.now(), "sluice");
  const chunks = input.chunks ?? [];
  if (chunks.length > MAX_LOG_CHUNKS_PER_REQUEST) {
    throw new CallerFault(
      "ValidationException",
      `chunks has ${chunks.length} entries: send at most ${MAX_LOG_CHUNKS_PER_REQUEST} at once.`,
    );
  }
  const byDeployment = Map.groupBy(
    chunks.map((chunk) => readChunk(chunk, host)),
    ({ key }) => key.deploymentId,
  );
  const sorted = await Promise.all([...byDeployment].map(([id, read]) => sortOut(id, read, host, context)));
  for (const { deploymentId, accepted } of sorted) {
    if (accepted.length > 0) await context.logs.append(deploymentId, accepted);
  }
  const refusal = sorted.find(({ refused }) => refused !== undefined)?.refused;
  // One command's refusal must not cost the output of others that came in the same batch.
  if (refusal !== undefined) throw new CallerFault("LogDoesNotExistException", refusal);
  return {};
};

function readChunk(chunk: LogChunk, host: HostRow): ReadChunk {
  const identifier = chunk.hostCommandIdentifier ?? "";
  const key = parseHostCommandIdentifier(identifier);
  if (!key) throw invalid(`hostCommandIdentifier "${excerpt(identifier)}" names no command`);
  if (key.targetId !== host.host_id) {
    throw new CallerFault(
      "AccessDeniedException",
      `The command ${identifier} is another host's: ${host.host_id} may send the output of its own commands only.`,
    );
  }
  const { sequence, at, stream, scriptName, text } = chunk;
  if (!Number.isSafeInteger(sequence) || sequence < 0) throw invalid(`sequence is ${sequence}: count from 0`);
  if (!LOG_STREAMS.includes(stream)) {
    throw invalid(`stream is "${excerpt(stream ?? "")}": use one of ${LOG_STREAMS.join(", ")}`);
  }
  if (!(at instanceof Date) || Number.isNaN(at.getTime()))
    throw invalid("at is missing: say when the text was printed");
  if (typeof text !== "string") throw invalid("text is missing");
  if (text.length > MAX_LOG_CHUNK_TEXT_CHARACTERS) {
    throw invalid(`text has ${text.length} characters: send at most ${MAX_LOG_CHUNK_TEXT_CHARACTERS} in one chunk`);
  }
  return {
    key,
    line: {
      hostCommandIdentifier: identifier,
      sequence,
      targetId: host.host_id,
      lifecycleEvent: key.event,
      at: at.getTime(),
      stream,
      scriptName: truncate(scriptName ?? "", MAX_SCRIPT_NAME_CHARACTERS),
      text,
    },
  };
}

interface SortedOutput {
  readonly deploymentId: string;
  readonly accepted: readonly LogLine[];
  /** Why some of it is not kept: sending it again will not help. */
  readonly refused: string | undefined;
}

async function sortOut(
  deploymentId: string,
  chunks: readonly ReadChunk[],
  host: HostRow,
  { store, now, liveness }: SluiceContext,
): Promise<SortedOutput> {
  const [target] = await loadSomeTargets(store, deploymentId, [host.host_id]);
  if (!target) {
    const refused = `There is no deployment ${deploymentId} with the target ${host.host_id}: its output is not kept.`;
    return { deploymentId, accepted: [], refused };
  }
  const keys = new Map(chunks.map(({ key, line }) => [line.hostCommandIdentifier, key]));
  const heard = liveness.heardTime();
  const refusals = new Map([...keys].map(([command, key]) => [command, outputRefusal(target, key, heard, now())]));
  const [command, reason] = [...refusals].find(([, refusal]) => refusal !== undefined) ?? [];
  return {
    deploymentId,
    accepted: chunks.map(({ line }) => line).filter((line) => refusals.get(line.hostCommandIdentifier) === undefined),
    refused: command === undefined ? undefined : `Output of the command ${command} is not kept: ${reason}.`,
  };
}

function invalid(problem: string): CallerFault {
  return new CallerFault("ValidationException", `A chunk of chunks is not valid: ${problem}.`);
}
