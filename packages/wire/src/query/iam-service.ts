import { boolean, integer, list, string, structure, timestamp } from "../shapes/shape.ts";
import type { QueryService } from "./query-service.ts";

export const IAM_SIGNING_NAME = "iam";
export const IAM_VERSION = "2010-05-08";

const user = structure({ Path: string, UserName: string, UserId: string, Arn: string, CreateDate: timestamp }, [
  "Path",
  "UserName",
  "UserId",
  "Arn",
  "CreateDate",
]);
const keyMembers = { UserName: string, AccessKeyId: string, Status: string, CreateDate: timestamp };
const attached = structure({ PolicyName: string, PolicyArn: string });
const page = { Marker: string, MaxItems: integer };
const listing = { IsTruncated: boolean, Marker: string };
const nothing = structure({});

/** What `aws deploy register` and `deregister` call of IAM, and what belongs to that. Members that are refused by name are in the inputs, too. */
export const IAM_TABLE = {
  CreateUser: {
    input: structure(
      {
        Path: string,
        UserName: string,
        PermissionsBoundary: string,
        Tags: list(structure({ Key: string, Value: string })),
      },
      ["UserName"],
    ),
    output: structure({ User: user }),
  },
  GetUser: { input: structure({ UserName: string }), output: structure({ User: user }) },
  ListUsers: {
    input: structure({ PathPrefix: string, ...page }),
    output: structure({ Users: list(user), ...listing }),
  },
  DeleteUser: { input: structure({ UserName: string }, ["UserName"]), output: nothing },
  CreateAccessKey: {
    input: structure({ UserName: string }),
    output: structure({ AccessKey: structure({ ...keyMembers, SecretAccessKey: string }) }),
  },
  UpdateAccessKey: {
    input: structure({ UserName: string, AccessKeyId: string, Status: string }, ["AccessKeyId", "Status"]),
    output: nothing,
  },
  ListAccessKeys: {
    input: structure({ UserName: string, ...page }),
    output: structure({ AccessKeyMetadata: list(structure(keyMembers)), ...listing }),
  },
  GetAccessKeyLastUsed: {
    input: structure({ AccessKeyId: string }, ["AccessKeyId"]),
    output: structure({
      UserName: string,
      AccessKeyLastUsed: structure({ LastUsedDate: timestamp, ServiceName: string, Region: string }),
    }),
  },
  DeleteAccessKey: { input: structure({ UserName: string, AccessKeyId: string }, ["AccessKeyId"]), output: nothing },
  PutUserPolicy: {
    input: structure({ UserName: string, PolicyName: string, PolicyDocument: string }, [
      "UserName",
      "PolicyName",
      "PolicyDocument",
    ]),
    output: nothing,
  },
  GetUserPolicy: {
    input: structure({ UserName: string, PolicyName: string }, ["UserName", "PolicyName"]),
    output: structure({ UserName: string, PolicyName: string, PolicyDocument: string }),
  },
  ListUserPolicies: {
    input: structure({ UserName: string, ...page }, ["UserName"]),
    output: structure({ PolicyNames: list(string), ...listing }),
  },
  DeleteUserPolicy: {
    input: structure({ UserName: string, PolicyName: string }, ["UserName", "PolicyName"]),
    output: nothing,
  },
  AttachUserPolicy: {
    input: structure({ UserName: string, PolicyArn: string }, ["UserName", "PolicyArn"]),
    output: nothing,
  },
  DetachUserPolicy: {
    input: structure({ UserName: string, PolicyArn: string }, ["UserName", "PolicyArn"]),
    output: nothing,
  },
  ListAttachedUserPolicies: {
    input: structure({ UserName: string, PathPrefix: string, ...page }, ["UserName"]),
    output: structure({ AttachedPolicies: list(attached), ...listing }),
  },
};

export const IAM_SERVICE: QueryService = {
  signingName: IAM_SIGNING_NAME,
  version: IAM_VERSION,
  namespace: `https://iam.amazonaws.com/doc/${IAM_VERSION}/`,
  table: IAM_TABLE,
  hasEmptyResults: false,
};
