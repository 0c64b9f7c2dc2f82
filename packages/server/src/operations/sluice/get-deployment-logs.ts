import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { GetDeploymentLogsInput, GetDeploymentLogsOutput, LogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import type { LogLine } from "../../logs/log-line.ts";
import { LogCursorError, type LogPage } from "../../logs/log-page.ts";
import { findHosts } from "../../store/hosts.ts";
import { deploymentMissing } from "../codedeploy/checks/known-resources.ts";
import type { Operation } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

export const MAX_LOG_WAIT_SECONDS = 20;
/** How often a waiting call looks whether the deployment is over: another server may have ended it. */
const RECHECK_MILLISECONDS = 1000;

/** What the deployment's hooks printed, in the order in which it arrived; held until there is something to say. */
export const getDeploymentLogs: Operation<GetDeploymentLogsInput, GetDeploymentLogsOutput, SluiceContext> = async (
  input,
  context,
) => {
  const { deploymentId } = input;
  if (!deploymentId) throw new CallerFault("DeploymentIdRequiredException", "deploymentId is missing.");
  let waitMilliseconds = requireWait(input.waitSeconds) * 1000;
  const log = ["GetDeploymentLogs", deploymentId] as const;
  let cursor = context.logCursors.open(log, input.cursor);
  for (;;) {
    const step = Math.min(waitMilliseconds, RECHECK_MILLISECONDS);
    const change = context.logs.change(deploymentId, step);
    try {
      // Asked before reading: what is stored until a deployment is over is then in what was read.
      const isOver = await isDeploymentOver(deploymentId, context);
      const page = await readPage(deploymentId, cursor, input, context);
      const ended = isOver && page.atEnd;
      const isLastLook = step <= 0 || context.signal.aborted || context.logs.isClosed;
      if (page.lines.length > 0 || ended || isLastLook) {
        const entries = await describe(page.lines, context);
        return { entries, cursor: context.logCursors.seal(log, page.cursor), ended };
      }
      cursor = page.cursor;
      await change.happened;
      waitMilliseconds -= step;
    } finally {
      change.cancel();
    }
  }
};

function requireWait(waitSeconds = 0): number {
  if (waitSeconds >= 0 && waitSeconds <= MAX_LOG_WAIT_SECONDS) return waitSeconds;
  throw new CallerFault("ValidationException", `waitSeconds is ${waitSeconds}: give 0 to ${MAX_LOG_WAIT_SECONDS}.`);
}

async function isDeploymentOver(deploymentId: string, { store }: SluiceContext): Promise<boolean> {
  const row = await store.db
    .selectFrom("deployments")
    .select("active")
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirst();
  if (row) return row.active === 0;
  throw deploymentMissing(deploymentId);
}

async function readPage(
  deploymentId: string,
  cursor: string | undefined,
  input: GetDeploymentLogsInput,
  { logs }: SluiceContext,
): Promise<LogPage> {
  try {
    return await logs.read(deploymentId, cursor, input);
  } catch (error) {
    if (!(error instanceof LogCursorError)) throw error;
    throw new CallerFault("InvalidNextTokenException", `${error.message}.`, { cause: error });
  }
}

async function describe(lines: readonly LogLine[], { store }: SluiceContext): Promise<LogEntry[]> {
  const hosts = await findHosts(store.db, [...new Set(lines.map(({ targetId }) => targetId))]);
  const names = new Map(hosts.map((row) => [row.host_id, row.host_name]));
  return lines.map(({ targetId, lifecycleEvent, at, stream, scriptName, text }) => ({
    targetId,
    hostName: names.get(targetId) ?? targetId,
    lifecycleEvent,
    at: new Date(at),
    stream,
    scriptName,
    text,
  }));
}
