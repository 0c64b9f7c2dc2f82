import type { DeploymentSnapshot } from "@sluice/wire/sluice/console-api.ts";
import { formatFields } from "../terminal/printing.ts";
import { formatGroup } from "./group-words.ts";

/** The settings of a deployment's group as they were when it was created. */
export function formatSnapshot({ takenAt, deploymentGroup, deploymentConfig, settings }: DeploymentSnapshot): string {
  const { deployToLateHosts, hookTimeoutSeconds, hookMustAnswer, failEarly } = settings;
  const fields = formatFields([
    ["taken", takenAt.toISOString()],
    ["deployment's config", deploymentConfig?.deploymentConfigName],
    ["deploy to late hosts", deployToLateHosts ? "on" : "off"],
    ["hook time-out", hookTimeoutSeconds === undefined ? undefined : `${hookTimeoutSeconds} s`],
    ["hook must answer", hookMustAnswer === undefined ? undefined : hookMustAnswer ? "on" : "off"],
    ["fail early", failEarly === undefined ? undefined : failEarly ? "on" : "off"],
  ]);
  return `${fields}\n\n${formatGroup(deploymentGroup)}`;
}
