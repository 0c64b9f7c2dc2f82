import { integer, list, outputText, string, structure, timestamp } from "../shapes/shape.ts";
import { targetInstances } from "./api-shapes.ts";

const failureCluster = structure(
  {
    line: outputText,
    lifecycleEvent: string,
    errorCode: string,
    scriptName: outputText,
    targetIds: list(string),
    hostNames: list(string),
    firstAt: timestamp,
    sample: list(outputText),
  },
  ["line", "lifecycleEvent", "errorCode", "targetIds", "hostNames", "firstAt", "sample"],
);

/** Of `SLUICE_TABLE`. */
export const FAILURE_SHAPES = {
  ListFailureClusters: {
    input: structure({ deploymentId: string }, ["deploymentId"]),
    output: structure({ clusters: list(failureCluster) }, ["clusters"]),
  },
  ActOnDeployment: {
    input: structure(
      {
        deploymentId: string,
        action: string,
        reason: string,
        toDeploymentId: string,
        targetInstances,
        percent: integer,
      },
      ["deploymentId", "action", "reason"],
    ),
    output: structure({ deploymentId: string, createdDeploymentId: string, message: outputText }, [
      "deploymentId",
      "message",
    ]),
  },
};
