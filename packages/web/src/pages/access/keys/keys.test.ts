import { expect, it } from "vitest";
import { awsConfigure } from "./aws-configure.ts";
import { expiryOf, keyState } from "./key-life.ts";

const KEY = { accessKeyId: "AKIA1", role: "user", createdAt: new Date(0), status: "Active" };

it("writes a profile of AWS's tools, whose name needs no quotes", () => {
  const commands = awsConfigure({
    profile: "ada & co; rm",
    accessKeyId: "AKIA1",
    secretAccessKey: "s/+",
    region: "eu-central-1",
    url: "http://127.0.0.1:3000",
  });
  expect(commands.split("\n")).toEqual([
    "aws configure set aws_access_key_id 'AKIA1' --profile ada-co-rm",
    "aws configure set aws_secret_access_key 's/+' --profile ada-co-rm",
    "aws configure set region 'eu-central-1' --profile ada-co-rm",
    "aws configure set endpoint_url 'http://127.0.0.1:3000' --profile ada-co-rm",
  ]);
});

it("says when a key ends, and whether it has", () => {
  expect([expiryOf("hour", 1000), expiryOf("never", 1000)]).toEqual([new Date(3_601_000), undefined]);
  expect(keyState(KEY, 5)).toBe("active");
  expect(keyState({ ...KEY, status: "Inactive" }, 5)).toBe("inactive");
  expect(keyState({ ...KEY, expiresAt: new Date(5) }, 5)).toBe("expired");
});
