import { useEffect, useMemo } from "react";
import { call } from "../../../api/call.ts";
import { useSignals } from "../../../api/live.ts";
import { createLogShelf, type LogSelection, type LogShelf, SHELVED_HELD_LOGS } from "./log-shelf.ts";
import type { ReadLogPage } from "./log-source.ts";
import { readPlatformLog } from "./platform-logs.ts";

const ENDS = new Set(["deploymentSucceeded", "deploymentFailed", "deploymentStopped"]);
/** An answer has at most a thousand lines or a megabyte: with fewer there is no more. */
const FULL_ENTRIES = 200;
const FULL_CHARACTERS = 200_000;

/** The logs of a deployment for as long as its page is open, whatever tab is shown. */
export function useLogShelf(deploymentId: string, platform: string | undefined): LogShelf {
  const shelf = useMemo(
    () => createLogShelf(readerOf(deploymentId, platform), isHeld(platform) ? SHELVED_HELD_LOGS : undefined),
    [deploymentId, platform],
  );
  useEffect(() => () => shelf.close(), [shelf]);
  useSignals((signal) => {
    if (signal.kind === "caught-up") shelf.readOn();
    else if (signal.kind === "logs" && signal.deploymentId === deploymentId) shelf.readOn(signal.targetId);
    else if (signal.kind === "event" && signal.deploymentId === deploymentId && ENDS.has(signal.type)) shelf.readOn();
  });
  return shelf;
}

/** Answers with the output of tasks and functions are held until there is some. */
function isHeld(platform: string | undefined): boolean {
  return platform === "ECS" || platform === "Lambda";
}

function readerOf(deploymentId: string, platform: string | undefined): (selection: LogSelection) => ReadLogPage {
  if (isHeld(platform)) return readPlatformLog;
  return ({ targetId, event }) =>
    async (cursor, signal) => {
      const input = { deploymentId, targetId, lifecycleEvent: event, cursor };
      const page = await call("Sluice", "GetDeploymentLogs", input, signal);
      const characters = page.entries.reduce((sum, { text }) => sum + text.length, 0);
      return { ...page, atEnd: page.entries.length < FULL_ENTRIES && characters < FULL_CHARACTERS };
    };
}
