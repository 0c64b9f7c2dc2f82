import { integer, list, outputText, string, structure, timestamp } from "../shapes/shape.ts";

const accessKey = structure({ accessKeyId: string, role: string, description: outputText, createdAt: timestamp }, [
  "accessKeyId",
  "role",
  "createdAt",
]);

/** Access keys and the way into the console; spread into `SLUICE_TABLE`. */
export const KEYS_TABLE = {
  CreateAccessKey: {
    input: structure({ role: string, description: string }, ["role"]),
    output: structure({ accessKey, secretAccessKey: string }, ["accessKey", "secretAccessKey"]),
  },
  ListAccessKeys: {
    input: structure({}),
    output: structure({ accessKeys: list(accessKey) }, ["accessKeys"]),
  },
  DeleteAccessKey: {
    input: structure({ accessKeyId: string }, ["accessKeyId"]),
    output: structure({ accessKeyId: string, endedSessions: integer }, ["accessKeyId", "endedSessions"]),
  },
  GetCallerAccess: {
    input: structure({}),
    output: structure(
      { accessKeyId: string, role: string, arn: string, region: string, allowedActions: list(string) },
      ["accessKeyId", "role", "arn", "region", "allowedActions"],
    ),
  },
  CreateConsoleLink: {
    input: structure({}),
    output: structure({ path: string, expiresAt: timestamp }, ["path", "expiresAt"]),
  },
};
