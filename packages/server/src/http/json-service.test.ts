import type { IncomingMessage } from "node:http";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { expect, it } from "vitest";
import type { Principal } from "../access/principal.ts";
import type { NeedsParts } from "../needs/require-needs.ts";
import { CallTrail } from "./call-trail.ts";
import { answerJson, type JsonService } from "./json-service.ts";

const service: JsonService = {
  signingNames: ["codedeploy"],
  targetPrefixes: ["CodeDeploy_20141006"],
  table: CODEDEPLOY_TABLE,
  inputMaxBytes: () => 1000,
  needsOf: () => [],
  needsParts: { accountId: "111122223333", region: "us-east-1", db: {} as NeedsParts["db"] },
  call: async () => ({}),
};

it.each([
  ["read-only", null, "arn:aws:iam::111122223333:user/sluice/read-only"],
  ["host", "web-1", "arn:aws:iam::111122223333:user/sluice/web-1"],
] as const)("a key of the role %s is refused in IAM's words, and told its role", async (role, hostId, arn) => {
  const principal: Principal = { role, accessKeyId: "SLUICEKEY", hostId };
  const call = answerJson(service, "CreateDeployment", Buffer.from("{}"), {
    principal,
    accountId: "111122223333",
    headers: {},
    signal: new AbortController().signal,
    publicEndpoint: "http://localhost",
    requestId: "r-1",
    onUndelivered: () => {},
    trail: new CallTrail(undefined, {} as IncomingMessage, { requestId: "r-1" }),
  });
  await expect(call).rejects.toMatchObject({
    code: "AccessDeniedException",
    message: `User: ${arn} is not authorized to perform: codedeploy:CreateDeployment. The access key SLUICEKEY has the role '${role}', which may not call CreateDeployment.`,
  });
});
