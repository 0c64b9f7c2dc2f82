import { boolean, integer, list, string, structure, timestamp } from "../shapes/shape.ts";

export const tags = list(structure({ Key: string, Value: string }, ["Key", "Value"]));

export const hostSummary = structure(
  {
    hostId: string,
    hostName: string,
    kind: string,
    state: string,
    tags,
    zone: string,
    address: string,
    agentVersion: string,
    isAgentBehind: boolean,
    declaredAt: timestamp,
    enrolledAt: timestamp,
    lastSeenAt: timestamp,
    clockOffsetSeconds: integer,
    clockTrouble: string,
    runningCommands: integer,
  },
  ["hostId", "hostName", "kind", "state", "tags", "declaredAt", "runningCommands"],
);
