import { integer, outputText, string, structure, timestamp } from "../shapes/shape.ts";
import { revision } from "./api-shapes.ts";

const targetCounts = structure(
  { pending: integer, inProgress: integer, succeeded: integer, failed: integer, skipped: integer, ready: integer },
  ["pending", "inProgress", "succeeded", "failed", "skipped", "ready"],
);

/** A deployment as a row of a list. */
export const deploymentSummary = structure(
  {
    deploymentId: string,
    applicationName: string,
    deploymentGroupName: string,
    computePlatform: string,
    status: string,
    creator: string,
    createdBy: string,
    deploymentConfigName: string,
    deploymentMode: string,
    deploys: string,
    revision,
    description: string,
    createdAt: timestamp,
    startedAt: timestamp,
    completedAt: timestamp,
    targets: targetCounts,
    errorCode: string,
    errorMessage: outputText,
    shiftPercent: integer,
    rollbackOf: string,
    rolledBackBy: string,
  },
  [
    "deploymentId",
    "applicationName",
    "deploymentGroupName",
    "computePlatform",
    "status",
    "creator",
    "deploymentConfigName",
    "createdAt",
    "targets",
  ],
);
