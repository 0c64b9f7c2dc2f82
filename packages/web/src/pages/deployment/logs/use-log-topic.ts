import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { useMemo } from "react";
import { useOperation } from "../../../api/use-operation.ts";
import { useObservable } from "../../../state/observable.ts";
import type { GridStore } from "../grid/grid-store.ts";
import { hostTopic, type LogTopic } from "./log-topic.ts";
import { hooksIn, platformTopic } from "./platform-topic.ts";

/** Whose output there is to choose from; undefined: of ECS and Lambda it is not known yet. */
export function useLogTopic(deployment: DeploymentSummary, store: GridStore): LogTopic | undefined {
  const { computePlatform, applicationName, revision } = deployment;
  const isHosts = computePlatform === "Server";
  const { grid } = useObservable(store.state);
  const { rows, columns } = grid;
  const first = rows[0]?.targetId;
  // Which functions are hooks is in the AppSpec, which a deployment tells by its hash.
  const { data, error } = useOperation(
    "CodeDeploy",
    "GetApplicationRevision",
    { applicationName, revision: revision ?? {} },
    { enabled: !isHosts && revision !== undefined },
  );
  const content = data?.revision?.appSpecContent?.content ?? data?.revision?.string?.content ?? "";
  const isKnown = data !== undefined || error !== null || revision === undefined;
  return useMemo(() => {
    if (isHosts) return hostTopic(rows, columns);
    if (first === undefined || !isKnown) return undefined;
    const hooks = hooksIn(content);
    return computePlatform === "ECS"
      ? platformTopic({ service: first, hooks })
      : platformTopic({ functionName: first.split(":")[0] ?? first, hooks });
  }, [isHosts, computePlatform, first, rows, columns, content, isKnown]);
}
