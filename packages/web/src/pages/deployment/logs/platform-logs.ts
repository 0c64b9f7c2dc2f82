import { call } from "../../../api/call.ts";
import type { LogSelection } from "./log-shelf.ts";
import type { ReadLogPage } from "./log-source.ts";

/**
 * No notice tells of the output of tasks and functions: the answer is held until there is some. This is what their selection's
 * `targetId` means here: a service as `CLUSTER:SERVICE`, a function by its name.
 */
const HELD_SECONDS = 20;

export function readTaskLog({ targetId = "" }: LogSelection): ReadLogPage {
  const at = targetId.indexOf(":");
  const [cluster, service] = at < 0 ? [undefined, targetId] : [targetId.slice(0, at), targetId.slice(at + 1)];
  return async (cursor, signal) => {
    const waitSeconds = cursor === undefined ? 0 : HELD_SECONDS;
    const page = await call("Sluice", "GetTaskLogs", { cluster, service, cursor, waitSeconds }, signal);
    return {
      cursor: page.cursor,
      ended: page.ended,
      isHeld: true,
      entries: page.entries.map(({ taskId, container, at: time, stream, text }) => ({
        targetId: taskId,
        hostName: `${container} ${taskId.slice(0, 8)}`,
        lifecycleEvent: "",
        at: time,
        stream,
        scriptName: container,
        text: `${text}\n`,
      })),
    };
  };
}

export function readFunctionLog({ targetId = "" }: LogSelection): ReadLogPage {
  return async (cursor, signal) => {
    const waitSeconds = cursor === undefined ? 0 : HELD_SECONDS;
    const page = await call("Sluice", "GetFunctionLogs", { function: targetId, cursor, waitSeconds }, signal);
    return {
      cursor: page.cursor,
      ended: false,
      isHeld: true,
      entries: page.entries.map(({ at, text }) => ({
        targetId,
        hostName: targetId,
        lifecycleEvent: "",
        at,
        stream: "stdout" as const,
        scriptName: targetId,
        text: `${text}\n`,
      })),
    };
  };
}
