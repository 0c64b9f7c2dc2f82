import { boolean, integer, list, outputText, string, structure, type TableFor, timestamp } from "../shapes/shape.ts";
import { AGENT_UPGRADE_TABLE, agentUpgradeReport, signedAgentOffer } from "./agent-upgrade-shapes.ts";
import { alarmConfiguration, autoRollbackConfiguration, revision, targetInstances } from "./api-shapes.ts";
import { AUDIT_TABLE } from "./audit-shapes.ts";
import { CONSOLE_TABLE } from "./console-shapes.ts";
import { DIFFERENCE_SHAPES } from "./difference-shapes.ts";
import { FAILURE_SHAPES } from "./failure-shapes.ts";
import { hostSummary, tags } from "./host-shapes.ts";
import type { SluiceOperations } from "./sluice-operations.ts";
import { groupSettings } from "./snapshot-shapes.ts";
import { shift, waitMembers } from "./wait-shapes.ts";

const logChunk = structure(
  {
    hostCommandIdentifier: string,
    sequence: integer,
    at: timestamp,
    stream: string,
    scriptName: outputText,
    text: outputText,
  },
  ["hostCommandIdentifier", "sequence", "at", "stream", "scriptName", "text"],
);

const logEntry = structure(
  {
    targetId: string,
    hostName: string,
    lifecycleEvent: string,
    at: timestamp,
    stream: string,
    scriptName: outputText,
    text: outputText,
  },
  ["targetId", "hostName", "lifecycleEvent", "at", "stream", "scriptName", "text"],
);

const functionLogEntry = structure({ at: timestamp, text: string }, ["at", "text"]);
const taskLogEntry = structure(
  { taskId: string, taskSetId: string, container: string, at: timestamp, stream: string, text: outputText },
  ["taskId", "taskSetId", "container", "at", "stream", "text"],
);

const targetWait = structure({ targetId: string, hostName: string, lifecycleEvent: string, ...waitMembers }, [
  "targetId",
  "hostName",
  "lifecycleEvent",
  "reason",
]);

const rolledBackGroup = structure(
  {
    applicationName: string,
    deploymentGroupName: string,
    deploymentId: string,
    reason: string,
    rollbackDeploymentId: string,
    rollbackStatus: string,
    at: timestamp,
  },
  ["applicationName", "deploymentGroupName", "deploymentId", "reason", "rollbackDeploymentId", "rollbackStatus", "at"],
);

const triggerDelivery = structure(
  {
    notificationId: string,
    status: string,
    applicationName: string,
    deploymentGroupName: string,
    deploymentId: string,
    triggerName: string,
    triggerTargetArn: string,
    eventType: string,
    targetId: string,
    subject: outputText,
    body: outputText,
    attempts: integer,
    createdAt: timestamp,
    lastAttemptAt: timestamp,
    nextAttemptAt: timestamp,
    deliveredAt: timestamp,
    reason: outputText,
  },
  [
    "notificationId",
    "status",
    "applicationName",
    "deploymentGroupName",
    "deploymentId",
    "triggerName",
    "triggerTargetArn",
    "eventType",
    "subject",
    "body",
    "attempts",
    "createdAt",
  ],
);

const triggerTest = structure(
  { triggerName: string, triggerTargetArn: string, eventType: string, delivered: boolean, reason: outputText },
  ["triggerName", "triggerTargetArn", "eventType", "delivered"],
);

const enrolmentToken = structure(
  { tokenId: string, tags, usesLeft: integer, createdAt: timestamp, expiresAt: timestamp },
  ["tokenId", "tags", "usesLeft", "createdAt", "expiresAt"],
);

const oneHost = structure({ host: hostSummary }, ["host"]);

const plannedHost = structure(
  {
    targetId: string,
    hostName: string,
    zone: string,
    fleet: string,
    healthy: boolean,
    revision: string,
    dark: boolean,
    problem: outputText,
    traffic: list(structure({ group: string, state: string, detail: outputText }, ["group", "state", "detail"])),
  },
  ["targetId", "hostName", "healthy", "revision", "dark", "traffic"],
);

const plannedStep = structure(
  { kind: string, description: string, targetIds: list(string), stage: string, seconds: integer },
  ["kind", "description", "targetIds"],
);

const prunedGroup = structure(
  {
    applicationName: string,
    deploymentGroupName: string,
    deployments: integer,
    oldestCreatedAt: timestamp,
    databaseBytes: integer,
    logBytes: integer,
  },
  ["applicationName", "deploymentGroupName", "deployments"],
);

const orphanedLogs = structure({ deployments: integer, deploymentIds: list(string), logBytes: integer }, [
  "deployments",
  "deploymentIds",
  "logBytes",
]);

/** Sluice's own operations on the wire; the compiler holds it to `sluice-api.ts`. */
export const SLUICE_TABLE = {
  CreateEnrolmentToken: {
    input: structure({ tags, uses: integer, expiresInSeconds: integer }),
    output: structure({ token: string, expiresAt: timestamp, joinServer: string, joinPin: string }, [
      "token",
      "expiresAt",
    ]),
  },
  ListEnrolmentTokens: {
    input: structure({ includeSpent: boolean }),
    output: structure({ tokens: list(enrolmentToken) }, ["tokens"]),
  },
  RevokeEnrolmentToken: {
    input: structure({ tokenId: string }, ["tokenId"]),
    output: structure({ token: enrolmentToken }, ["token"]),
  },
  EnrolHost: {
    input: structure(
      {
        token: string,
        clientToken: string,
        hostName: string,
        tags,
        nameTag: boolean,
        formerAccessKeyId: string,
        formerKeyProof: string,
        onPremises: boolean,
        zone: string,
        address: string,
        agentVersion: string,
      },
      ["token", "hostName"],
    ),
    output: structure(
      {
        hostId: string,
        hostIdentifier: string,
        accessKeyId: string,
        secretAccessKey: string,
        region: string,
        accountId: string,
        signingCertificate: string,
      },
      ["hostId", "hostIdentifier", "accessKeyId", "secretAccessKey", "region", "accountId", "signingCertificate"],
    ),
  },
  HostHeartbeat: {
    input: structure(
      {
        hostIdentifier: string,
        heldCommands: list(string),
        agentVersion: string,
        clockOffsetSeconds: integer,
        goodbye: boolean,
        agentPlatform: string,
        agentUpgradeObstacle: string,
        agentUpgrade: agentUpgradeReport,
      },
      ["hostIdentifier", "heldCommands"],
    ),
    output: structure({ intervalSeconds: integer, agentOffer: signedAgentOffer, isAgentUpgradeHeard: boolean }, [
      "intervalSeconds",
    ]),
  },
  PutHostLogs: {
    input: structure({ hostIdentifier: string, chunks: list(logChunk) }, ["hostIdentifier", "chunks"]),
    output: structure({}),
  },
  GetDeploymentLogs: {
    input: structure(
      { deploymentId: string, targetId: string, lifecycleEvent: string, cursor: string, waitSeconds: integer },
      ["deploymentId"],
    ),
    output: structure({ entries: list(logEntry), cursor: string, ended: boolean }, ["entries", "cursor", "ended"]),
  },
  GetTaskLogs: {
    input: structure({
      task: string,
      cluster: string,
      service: string,
      taskSet: string,
      container: string,
      tail: integer,
      since: timestamp,
      cursor: string,
      waitSeconds: integer,
    }),
    output: structure({ entries: list(taskLogEntry), cursor: string, cut: boolean, ended: boolean }, [
      "entries",
      "cursor",
      "cut",
      "ended",
    ]),
  },
  GetFunctionLogs: {
    input: structure({ function: string, tail: integer, cursor: string, waitSeconds: integer }, ["function"]),
    output: structure({ entries: list(functionLogEntry), cursor: string, cut: boolean }, ["entries", "cursor", "cut"]),
  },
  GetDeploymentWaits: {
    input: structure({ deploymentId: string }, ["deploymentId"]),
    output: structure({ waiting: structure(waitMembers, ["reason"]), targets: list(targetWait), shift }, ["targets"]),
  },
  ChangeShift: {
    input: structure({ deploymentId: string, action: string, percent: integer }, ["deploymentId", "action"]),
    output: structure({ deploymentId: string, shift }, ["deploymentId", "shift"]),
  },
  DeclareHost: {
    input: structure({ hostName: string, instanceId: string, tags, zone: string }, ["hostName"]),
    output: oneHost,
  },
  ListHosts: {
    input: structure({ nextToken: string, includeRetired: boolean }),
    output: structure({ hosts: list(hostSummary), nextToken: string, trouble: outputText }, ["hosts"]),
  },
  RemoveHost: {
    input: structure({ host: string }, ["host"]),
    output: oneHost,
  },
  TagHost: {
    input: structure({ host: string, tags }, ["host", "tags"]),
    output: oneHost,
  },
  UntagHost: {
    input: structure({ host: string, tagKeys: list(string) }, ["host", "tagKeys"]),
    output: oneHost,
  },
  ListRolledBackGroups: {
    input: structure({}),
    output: structure({ groups: list(rolledBackGroup) }, ["groups"]),
  },
  GetGroupSettings: {
    input: structure({ applicationName: string, deploymentGroupName: string }, [
      "applicationName",
      "deploymentGroupName",
    ]),
    output: groupSettings,
  },
  PutGroupSettings: {
    input: structure(
      {
        applicationName: string,
        deploymentGroupName: string,
        deployToLateHosts: boolean,
        hookTimeoutSeconds: integer,
        hookMustAnswer: boolean,
        failEarly: boolean,
      },
      ["applicationName", "deploymentGroupName"],
    ),
    output: groupSettings,
  },
  AcknowledgeRollback: {
    input: structure({ applicationName: string, deploymentGroupName: string }, [
      "applicationName",
      "deploymentGroupName",
    ]),
    output: structure({ acknowledged: boolean }, ["acknowledged"]),
  },
  ListTriggerDeliveries: {
    input: structure({ status: string, deploymentId: string, nextToken: string }),
    output: structure({ deliveries: list(triggerDelivery), nextToken: string }, ["deliveries"]),
  },
  ReplayTriggerDelivery: {
    input: structure({ notificationId: string, allFailed: boolean }),
    output: structure({ replayed: integer }, ["replayed"]),
  },
  TestTriggers: {
    input: structure({ applicationName: string, deploymentGroupName: string }, [
      "applicationName",
      "deploymentGroupName",
    ]),
    output: structure({ tests: list(triggerTest) }, ["tests"]),
  },
  PlanDeployment: {
    input: structure(
      {
        applicationName: string,
        deploymentGroupName: string,
        revision,
        deploymentConfigName: string,
        targetInstances,
        autoRollbackConfiguration,
        overrideAlarmConfiguration: alarmConfiguration,
        updateOutdatedInstancesOnly: boolean,
        deploymentMode: string,
      },
      ["applicationName", "deploymentGroupName"],
    ),
    output: structure(
      {
        canStart: boolean,
        obstacles: list(structure({ code: string, message: outputText }, ["code", "message"])),
        warnings: list(outputText),
        strategy: string,
        arithmetic: list(string),
        checks: list(
          structure({ subject: string, outcome: string, detail: outputText }, ["subject", "outcome", "detail"]),
        ),
        hosts: list(plannedHost),
        steps: list(plannedStep),
        end: structure({ status: string, code: string, message: outputText }, ["status"]),
      },
      ["canStart", "obstacles", "warnings", "strategy", "arithmetic", "checks", "hosts", "steps"],
    ),
  },
  PruneDeployments: {
    input: structure({ dryRun: boolean, pass: string }),
    output: structure({ pass: string, isDone: boolean, failure: outputText, groups: list(prunedGroup), orphanedLogs }, [
      "isDone",
      "groups",
    ]),
  },
  ...CONSOLE_TABLE,
  ...AUDIT_TABLE,
  ...AGENT_UPGRADE_TABLE,
  ...FAILURE_SHAPES,
  ...DIFFERENCE_SHAPES,
} satisfies TableFor<SluiceOperations>;
