import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { AskedOfRollout } from "./asked-of-rollout.ts";

/** What only deployments to hosts know: accepted, it would be ignored. */
export function checkNothingOfHosts(platform: "ECS" | "Lambda", asked: AskedOfRollout): void {
  if (asked.deploymentMode === "RESTART") {
    throw new CallerFault(
      "InvalidComputePlatformException",
      `deploymentMode RESTART stops and starts an application on hosts, and a deployment to ${platform} has none: leave it out.`,
    );
  }
  if (asked.fileExistsBehavior !== undefined) {
    throw new CallerFault(
      "InvalidFileExistsBehaviorException",
      "For Lambda, ECS and Kubernetes deployment, fileExistsBehavior can not be specified",
    );
  }
  if (asked.targetInstances) {
    throw new CallerFault(
      "InvalidTargetInstancesException",
      `targetInstances names hosts, and a deployment to ${platform} has none: leave it out.`,
    );
  }
  if (asked.updateOutdatedInstancesOnly) {
    throw new CallerFault(
      "InvalidUpdateOutdatedInstancesOnlyValueException",
      `updateOutdatedInstancesOnly is about hosts, and a deployment to ${platform} has none: leave it out.`,
    );
  }
  if (asked.ignoreApplicationStopFailures) {
    throw new CallerFault(
      "InvalidIgnoreApplicationStopFailuresValueException",
      `ignoreApplicationStopFailures is about a script on hosts, and a deployment to ${platform} has none: leave it out.`,
    );
  }
}
