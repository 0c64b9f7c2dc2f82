import { useMemo } from "react";
import { useObservable } from "../../../state/observable.ts";
import type { GridStore } from "../grid/grid-store.ts";
import { functionTopic, hostTopic, type LogTopic, taskTopic } from "./log-topic.ts";

/** Whose output there is to choose from; undefined: of tasks and functions it is not known yet. */
export function useLogTopic(platform: string, store: GridStore): LogTopic | undefined {
  const { grid } = useObservable(store.state);
  const { rows, columns } = grid;
  const first = rows[0]?.targetId;
  return useMemo(() => {
    if (platform === "Server") return hostTopic(rows, columns);
    if (first === undefined) return undefined;
    return platform === "ECS" ? taskTopic(first) : functionTopic([first.split(":")[0] ?? first]);
  }, [platform, first, rows, columns]);
}
