import { expect, it } from "vitest";
import { functionArn, parseFunctionReference } from "./lambda-arn.ts";

const ARN = "arn:aws:lambda:us-east-1:111122223333:function:payments";

it.each([
  ["payments", {}],
  ["payments:live", { qualifier: "live" }],
  ["payments:$LATEST", { qualifier: "$LATEST" }],
  ["function:payments", {}],
  ["111122223333:function:payments:3", { qualifier: "3", accountId: "111122223333" }],
  [ARN, { region: "us-east-1", accountId: "111122223333" }],
  [`${ARN}:live`, { qualifier: "live", region: "us-east-1", accountId: "111122223333" }],
])("reads %s", (text, parts) => {
  const expected = { functionName: "payments", qualifier: undefined, region: undefined, accountId: undefined };
  expect(parseFunctionReference(text)).toEqual({ ...expected, ...parts });
});

it.each([
  ["", "payments:", ":live", "pay ments", "payments:live:1", "../payments", "payments%2Flive"],
  ["arn:aws:s3:::bucket", "payments:$OTHER", "päyments", `${ARN}\n`, "111122223333:payments:live:x"],
])("takes none of %j, …", (...texts) => {
  expect(texts.filter((text) => parseFunctionReference(text))).toEqual([]);
});

it("forms ARNs that it reads", () => {
  const scope = { region: "us-east-1", accountId: "111122223333" };
  expect(functionArn(scope, "payments")).toBe(ARN);
  expect(parseFunctionReference(functionArn(scope, "payments", "3"))).toMatchObject({ qualifier: "3" });
});
