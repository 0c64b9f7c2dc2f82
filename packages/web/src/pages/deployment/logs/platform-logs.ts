import { call } from "../../../api/call.ts";
import type { LogSelection } from "./log-shelf.ts";
import type { ReadLogPage } from "./log-source.ts";
import { FUNCTION_MARK } from "./platform-topic.ts";

/** Of a selection of `platformTopic`: a service as `CLUSTER:SERVICE`, or a function. */
export function readPlatformLog({ targetId = "" }: LogSelection): ReadLogPage {
  return targetId.startsWith(FUNCTION_MARK)
    ? readFunctionLog(targetId.slice(FUNCTION_MARK.length))
    : readTaskLog(targetId);
}

/** No notice tells of the output of tasks and functions: an answer is held until there is some. */
const HELD_SECONDS = 20;

function readTaskLog(id: string): ReadLogPage {
  const at = id.indexOf(":");
  const [cluster, service] = at < 0 ? [undefined, id] : [id.slice(0, at), id.slice(at + 1)];
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

function readFunctionLog(name: string): ReadLogPage {
  return async (cursor, signal) => {
    const waitSeconds = cursor === undefined ? 0 : HELD_SECONDS;
    const page = await call("Sluice", "GetFunctionLogs", { function: name, cursor, waitSeconds }, signal);
    return {
      cursor: page.cursor,
      ended: false,
      isHeld: true,
      entries: page.entries.map(({ at, text }) => ({
        targetId: FUNCTION_MARK + name,
        hostName: name,
        lifecycleEvent: "",
        at,
        stream: "stdout" as const,
        scriptName: name,
        text: `${text}\n`,
      })),
    };
  };
}
