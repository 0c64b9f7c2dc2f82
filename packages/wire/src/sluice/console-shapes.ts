import { boolean, integer, list, outputText, string, structure, timestamp } from "../shapes/shape.ts";
import { alarmConfiguration, revision } from "./api-shapes.ts";
import { CHOSEN_TABLE } from "./chosen-shapes.ts";
import { deploymentSummary } from "./deployment-summary-shape.ts";
import { GITHUB_TABLE } from "./git-hub-shapes.ts";
import { KEYS_TABLE } from "./key-shapes.ts";
import { shift, waitMembers } from "./wait-shapes.ts";

const attention = structure(
  {
    kind: string,
    summary: outputText,
    cure: outputText,
    command: string,
    since: timestamp,
    until: timestamp,
    applicationName: string,
    deploymentGroupName: string,
    deploymentId: string,
    hostId: string,
    alarmName: string,
  },
  ["kind", "summary", "cure"],
);

const lastDeployment = structure(
  {
    deploymentId: string,
    status: string,
    creator: string,
    revision,
    deploys: string,
    createdAt: timestamp,
    startedAt: timestamp,
    completedAt: timestamp,
    errorCode: string,
    errorMessage: outputText,
    rollbackOf: string,
    rolledBackBy: string,
  },
  ["deploymentId", "status", "creator", "createdAt"],
);

const groupOverview = structure(
  {
    applicationName: string,
    deploymentGroupName: string,
    computePlatform: string,
    revision,
    deploys: string,
    deployedAt: timestamp,
    lastDeployment,
    isRolledBack: boolean,
  },
  ["applicationName", "deploymentGroupName", "computePlatform", "isRolledBack"],
);

const note = structure({ at: timestamp, accessKeyId: string, callerArn: string, action: string, reason: outputText }, [
  "at",
  "accessKeyId",
  "action",
  "reason",
]);

const alarm = structure({ name: string, state: string, detail: outputText }, ["name", "state"]);

const targetWait = structure({ targetId: string, hostName: string, lifecycleEvent: string, ...waitMembers }, [
  "targetId",
  "hostName",
  "lifecycleEvent",
  "reason",
]);

const action = structure({ action: string, consequence: outputText, command: string, unavailable: outputText }, [
  "action",
  "consequence",
  "command",
]);

const gridEvent = structure(
  {
    name: string,
    status: string,
    by: string,
    startedAt: timestamp,
    endedAt: timestamp,
    errorCode: string,
    scriptName: outputText,
    message: outputText,
  },
  ["name", "status", "by"],
);

const gridTarget = structure(
  {
    targetId: string,
    hostName: string,
    zone: string,
    label: string,
    type: string,
    status: string,
    events: list(gridEvent),
  },
  ["targetId", "hostName", "type", "status", "events"],
);

const deploymentEvent = structure({ eventId: string, at: timestamp, type: string, body: outputText }, [
  "eventId",
  "at",
  "type",
  "body",
]);

/** Those of Sluice's own operations that people look at and act by; spread into `SLUICE_TABLE`. */
export const CONSOLE_TABLE = {
  ListDeploymentEvents: {
    input: structure({ deploymentId: string, nextToken: string }, ["deploymentId"]),
    output: structure({ events: list(deploymentEvent), eventId: string, nextToken: string }, ["events", "eventId"]),
  },
  GetOverview: {
    input: structure({}),
    output: structure(
      {
        attention: list(attention),
        deployments: list(deploymentSummary),
        groups: list(groupOverview),
        hosts: list(structure({ state: string, count: integer }, ["state", "count"])),
        eventId: string,
      },
      ["attention", "deployments", "groups", "hosts", "eventId"],
    ),
  },
  SearchDeployments: {
    input: structure({
      applicationName: string,
      deploymentGroupName: string,
      computePlatform: string,
      statuses: list(string),
      creators: list(string),
      createdAfter: timestamp,
      createdBefore: timestamp,
      host: string,
      text: string,
      limit: integer,
      nextToken: string,
    }),
    output: structure({ deployments: list(deploymentSummary), nextToken: string, searchedBackTo: timestamp }, [
      "deployments",
    ]),
  },
  DescribeDeployment: {
    input: structure({ deploymentId: string }, ["deploymentId"]),
    output: structure(
      {
        deployment: deploymentSummary,
        story: outputText,
        step: structure({ name: string, since: timestamp }, ["name", "since"]),
        // biome-ignore lint/suspicious/noThenProperty: the word of the API, and a text
        waiting: structure({ ...waitMembers, then: outputText }, ["reason", "then"]),
        targetWaits: list(targetWait),
        arithmetic: list(string),
        minimumHealthyHosts: integer,
        healthyHosts: integer,
        alarms: list(alarm),
        shift,
        notes: list(note),
        statusMessages: list(outputText),
        actions: list(action),
        earlierRevisions: list(deploymentSummary),
        eventId: string,
      },
      [
        "deployment",
        "story",
        "targetWaits",
        "arithmetic",
        "alarms",
        "notes",
        "statusMessages",
        "actions",
        "earlierRevisions",
        "eventId",
      ],
    ),
  },
  ListGridTargets: {
    input: structure({ deploymentId: string, nextToken: string }, ["deploymentId"]),
    output: structure({ targets: list(gridTarget), eventId: string, nextToken: string }, ["targets", "eventId"]),
  },
  ReadAlarms: {
    input: structure({ alarmConfiguration }, ["alarmConfiguration"]),
    output: structure({ alarms: list(alarm) }, ["alarms"]),
  },
  ...CHOSEN_TABLE,
  ...KEYS_TABLE,
  ...GITHUB_TABLE,
};
