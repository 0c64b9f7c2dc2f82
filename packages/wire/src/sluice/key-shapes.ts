import { boolean, integer, list, outputText, string, structure, timestamp } from "../shapes/shape.ts";
import { tags } from "./host-shapes.ts";

const limits = structure(
  {
    applications: integer,
    groupsPerApplication: integer,
    deploymentConfigs: integer,
    alarmsPerGroup: integer,
    triggersPerGroup: integer,
    autoScalingGroupsPerGroup: integer,
    tagSetsPerGroup: integer,
    tagsPerResource: integer,
    gitHubTokens: integer,
  },
  [
    "applications",
    "groupsPerApplication",
    "deploymentConfigs",
    "alarmsPerGroup",
    "triggersPerGroup",
    "autoScalingGroupsPerGroup",
    "tagSetsPerGroup",
    "tagsPerResource",
    "gitHubTokens",
  ],
);

const accessKey = structure(
  {
    accessKeyId: string,
    role: string,
    description: outputText,
    createdAt: timestamp,
    status: string,
    expiresAt: timestamp,
    lastUsedAt: timestamp,
    lastUsedFrom: string,
    lastUsedService: string,
    userName: string,
    policyNames: list(string),
    hostId: string,
    hostName: string,
  },
  ["accessKeyId", "role", "createdAt", "status"],
);

const policy = structure(
  {
    policyName: string,
    arn: string,
    isAwsManaged: boolean,
    description: outputText,
    createdAt: timestamp,
    updatedAt: timestamp,
    attachments: integer,
  },
  ["policyName", "arn", "isAwsManaged", "attachments"],
);
const inlinePolicies = list(structure({ policyName: string, document: string }, ["policyName", "document"]));
const holder = structure({ kind: string, name: string }, ["kind", "name"]);

const user = structure(
  {
    userName: string,
    arn: string,
    userId: string,
    path: string,
    description: outputText,
    tags,
    createdAt: timestamp,
    policyNames: list(string),
    inlinePolicies,
    accessKeys: integer,
  },
  ["userName", "arn", "userId", "path", "tags", "createdAt", "policyNames", "inlinePolicies", "accessKeys"],
);

const role = structure(
  {
    roleName: string,
    arn: string,
    roleId: string,
    path: string,
    description: outputText,
    createdAt: timestamp,
    maxSessionSeconds: integer,
    policyNames: list(string),
    inlinePolicies,
    temporaryKeys: integer,
  },
  [
    "roleName",
    "arn",
    "roleId",
    "path",
    "createdAt",
    "maxSessionSeconds",
    "policyNames",
    "inlinePolicies",
    "temporaryKeys",
  ],
);

const explained = structure(
  {
    policyName: string,
    kind: string,
    statement: integer,
    sid: string,
    effect: string,
    isMatch: boolean,
    mismatch: outputText,
  },
  ["policyName", "kind", "statement", "effect", "isMatch"],
);

/** What PutUser and PutRole do to the policies of a user or role. */
const policyChanges = {
  policyNames: list(string),
  attachPolicyNames: list(string),
  detachPolicyNames: list(string),
  inlinePolicies,
};

/** Access keys, users, roles and policies, and the way into the console; spread into `SLUICE_TABLE`. */
export const KEYS_TABLE = {
  CreateAccessKey: {
    input: structure(
      {
        role: string,
        userName: string,
        policyNames: list(string),
        policyDocument: string,
        hostName: string,
        description: string,
        expiresAt: timestamp,
      },
      ["role"],
    ),
    output: structure(
      { accessKey, secretAccessKey: string, isNewUser: boolean, isNewHost: boolean, hostIdentifier: string },
      ["accessKey", "secretAccessKey", "isNewUser", "isNewHost"],
    ),
  },
  ListAccessKeys: {
    input: structure({ userName: string, includeHosts: boolean, nextToken: string }),
    output: structure({ accessKeys: list(accessKey), nextToken: string }, ["accessKeys"]),
  },
  UpdateAccessKey: {
    input: structure(
      { accessKeyId: string, status: string, expiresAt: timestamp, neverExpires: boolean, description: string },
      ["accessKeyId"],
    ),
    output: structure({ accessKey, endedSessions: integer }, ["accessKey", "endedSessions"]),
  },
  RotateAccessKey: {
    input: structure({ accessKeyId: string, keepOldSeconds: integer }, ["accessKeyId"]),
    output: structure({ accessKey, secretAccessKey: string, oldAccessKey: accessKey }, [
      "accessKey",
      "secretAccessKey",
      "oldAccessKey",
    ]),
  },
  DeleteAccessKey: {
    input: structure({ accessKeyId: string }, ["accessKeyId"]),
    output: structure({ accessKeyId: string, endedSessions: integer, endedTemporaryKeys: integer }, [
      "accessKeyId",
      "endedSessions",
      "endedTemporaryKeys",
    ]),
  },
  ListPolicies: {
    input: structure({ scope: string, nextToken: string }),
    output: structure({ policies: list(policy), nextToken: string }, ["policies"]),
  },
  GetPolicy: {
    input: structure({ policyName: string }, ["policyName"]),
    output: structure({ policy, document: string, attachedTo: list(holder) }, ["policy", "document", "attachedTo"]),
  },
  PutPolicy: {
    input: structure({ policyName: string, document: string, description: string }, ["policyName", "document"]),
    output: structure({ policy, isNew: boolean }, ["policy", "isNew"]),
  },
  DeletePolicy: {
    input: structure({ policyName: string }, ["policyName"]),
    output: structure({ policyName: string }, ["policyName"]),
  },
  ListUsers: {
    input: structure({ userName: string, nextToken: string }),
    output: structure({ users: list(user), nextToken: string }, ["users"]),
  },
  PutUser: {
    input: structure({ userName: string, path: string, description: string, ...policyChanges, tags }, ["userName"]),
    output: structure({ user, isNew: boolean }, ["user", "isNew"]),
  },
  DeleteUser: {
    input: structure({ userName: string, deleteAccessKeys: boolean }, ["userName"]),
    output: structure(
      {
        userName: string,
        deletedAccessKeyIds: list(string),
        endedSessions: integer,
        endedTemporaryKeys: integer,
      },
      ["userName", "deletedAccessKeyIds", "endedSessions", "endedTemporaryKeys"],
    ),
  },
  ListRoles: {
    input: structure({ roleName: string, nextToken: string }),
    output: structure({ roles: list(role), nextToken: string }, ["roles"]),
  },
  PutRole: {
    input: structure(
      { roleName: string, path: string, description: string, maxSessionSeconds: integer, ...policyChanges },
      ["roleName"],
    ),
    output: structure({ role, isNew: boolean }, ["role", "isNew"]),
  },
  DeleteRole: {
    input: structure({ roleName: string }, ["roleName"]),
    output: structure({ roleName: string, endedTemporaryKeys: integer }, ["roleName", "endedTemporaryKeys"]),
  },
  ExplainAccess: {
    input: structure(
      {
        accessKeyId: string,
        userName: string,
        roleName: string,
        action: string,
        resource: string,
        sourceAddress: string,
        at: timestamp,
        resourceTags: tags,
        requestTags: tags,
        sessionPolicy: string,
      },
      ["action", "resource"],
    ),
    output: structure(
      { isAllowed: boolean, decision: string, arn: string, sentences: list(outputText), statements: list(explained) },
      ["isAllowed", "decision", "arn", "sentences", "statements"],
    ),
  },
  GetCallerAccess: {
    input: structure({}),
    output: structure(
      { accessKeyId: string, role: string, arn: string, region: string, allowedActions: list(string), limits },
      ["accessKeyId", "role", "arn", "region", "allowedActions", "limits"],
    ),
  },
  CreateConsoleLink: {
    input: structure({}),
    output: structure({ path: string, expiresAt: timestamp }, ["path", "expiresAt"]),
  },
};
