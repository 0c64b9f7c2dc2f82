import type { ListAuditEventsInput } from "@sluice/wire/sluice/audit-api.ts";
import { expect, it } from "vitest";
import { requireAuditQuery } from "./audit-query.ts";

const ACCOUNT = "111122223333";
const query = (input: ListAuditEventsInput) => requireAuditQuery(input, ACCOUNT);

it.each<[input: ListAuditEventsInput, sentence: RegExp]>([
  [
    { operation: "CreateDeploymnt" },
    /^operation is "CreateDeploymnt": there is no such operation: write CreateDeployment\.$/,
  ],
  [{ operation: "createdeployment" }, /: write CreateDeployment\.$/],
  [{ operation: "codedeploy:CreateDeployment" }, /: write CreateDeployment\.$/],
  [{ operation: "PutObjects" }, /: write PutObject\.$/],
  [{ operation: "ConsoleLogins" }, /: write ConsoleLogin\.$/],
  [{ operation: "s3:ListBucket" }, /: write ListBuckets\.$/],
  [{ operation: "xyzzy" }, /there is no such operation: give its name in full, such as CreateDeployment\.$/],
  [{ operation: "  " }, /^operation is blank: /],
  [{ resource: "" }, /^resource is blank: give what to look for, or leave it out\.$/],
  [{ caller: "ann*" }, /^caller is "ann\*": it is compared in full\. /],
  [
    { caller: "arn:aws:codedeploy:us-east-1:111122223333:application:web" },
    /no caller has such an ARN\. Give one such/,
  ],
  [{ sourceAddress: "10.0.0.0/8" }, /^sourceAddress is "10\.0\.0\.0\/8": give one address, such as/],
  [{ sourceAddress: "web-1" }, /^sourceAddress is "web-1": /],
  [{ outcome: "denied" }, /^outcome is "denied": use one of succeeded, refused, failed\.$/],
])("refuses %j, which no line can match", (input, sentence) => {
  expect(() => query(input)).toThrow(sentence);
});

it("takes what lines are written with, and addresses as they are written there", () => {
  for (const operation of [
    "CreateDeployment",
    "UploadPart",
    "InvokeFunction",
    "TakeBackup",
    "ConsoleLogout",
    "Unknown",
  ]) {
    expect(query({ operation })).toMatchObject({ operation });
  }
  expect(query({ sourceAddress: "::ffff:10.0.0.7" })).toMatchObject({ sourceAddress: "10.0.0.7" });
  expect(query({ sourceAddress: "2001:DB8:0::1" })).toMatchObject({ sourceAddress: "2001:db8::1" });
  // Of an account that the server had before.
  const caller = "arn:aws:sts::444455556666:assumed-role/deployer/ann";
  expect(query({ caller })).toMatchObject({ caller });
});
