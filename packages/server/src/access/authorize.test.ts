import { S3_ACTIONS } from "@sluice/bucket/protocol/s3-action.ts";
import { LAMBDA_TABLE } from "@sluice/wire/generated/lambda-shapes.ts";
import { QUERY_SERVICES } from "@sluice/wire/query/query-services.ts";
import { describe, expect, it } from "vitest";
import { jsonServices, type ServiceDependencies } from "../http/json-services.ts";
import { type OwnDoorDependencies, ownDoors } from "../http/own-doors.ts";
import { lambdaAction } from "../http/speak-lambda.ts";
import { type Action, PASS_ROLE } from "./action.ts";
import { authorize } from "./authorize.ts";
import { GRANTS } from "./grants.ts";
import { maySpeakForHost } from "./may-speak-for-host.ts";
import type { Principal } from "./principal.ts";
import { requireAllowed } from "./require-allowed.ts";

/** As IAM names them. */
const LAMBDA_ACTIONS = Object.fromEntries(
  Object.keys(LAMBDA_TABLE).map((operation) => [lambdaAction(operation).replace("lambda:", ""), operation]),
);

const keyOf = (role: Principal["role"], hostId: string | null = null): Principal => ({
  ...{ role, hostId },
  accessKeyId: `KEY-${role}`,
});

describe("an action", () => {
  const served = [
    ...jsonServices({ operations: {} } as ServiceDependencies).map(({ signingNames, table }) => ({
      name: signingNames[0],
      table,
    })),
    { name: "lambda", table: LAMBDA_ACTIONS },
    ...QUERY_SERVICES.map(({ signingName, table }) => ({ name: signingName, table })),
  ].flatMap(({ name, table }) => Object.keys(table).map((operation) => `${name}:${operation}`));
  const doors = ownDoors({} as OwnDoorDependencies).map(({ action }) => action);

  it("is there for every operation of every service, every door, and everything that S3's calls need", () => {
    const asked: readonly string[] = [...served, ...doors, ...S3_ACTIONS];
    expect(asked.filter((action) => !Object.hasOwn(GRANTS, action))).toEqual([]);
  });

  it("is there for nothing else", () => {
    const asked = new Set<string>([
      ...served,
      ...doors,
      ...S3_ACTIONS,
      "sluice:SpeakForHost",
      "sluice:ProveHearing",
      PASS_ROLE,
    ]);
    expect(Object.keys(GRANTS).filter((action) => !asked.has(action))).toEqual([]);
  });

  it("is root's, whatever it is, except to be the server itself", () => {
    const notRoots = Object.keys(GRANTS).filter(
      (action) => authorize(keyOf("root"), action as Action, undefined) !== "allowed",
    );
    expect(notRoots).toEqual(["sluice:ProveHearing"]);
  });
});

describe("to speak for a host", () => {
  const [root, readOnly, server] = [keyOf("root"), keyOf("read-only"), keyOf("server")];

  it("is for its own key, and for root's", () => {
    const may = (principal: Principal) => maySpeakForHost(principal, "web-1", undefined);
    expect(may(root)).toBe(true);
    expect(may(keyOf("host", "web-1"))).toBe(true);
    expect(may(keyOf("host", "web-2"))).toBe(false);
    expect(may(keyOf("host"))).toBe(false);
    expect(may(readOnly)).toBe(false);
    expect(may(server)).toBe(false);
  });
});

describe("a call whose resource is not known yet", () => {
  it("passes when it may be the caller's own", () => {
    expect(() => requireAllowed(keyOf("host", "web-1"), "sluice:PutHostLogs", "111122223333")).not.toThrow();
  });

  it("is refused in IAM's words, with the key's role", () => {
    expect(() => requireAllowed(keyOf("server"), "sluice:PutHostLogs", "111122223333")).toThrow(
      expect.objectContaining({
        code: "AccessDeniedException",
        message:
          "User: arn:aws:iam::111122223333:user/sluice/server is not authorized to perform: sluice:PutHostLogs. The access key KEY-server has the role 'server', which may not call PutHostLogs.",
      }),
    );
  });
});
