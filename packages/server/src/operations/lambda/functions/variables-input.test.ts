import { functionVariables } from "@sluice/drivers/function-processes/function-variables.ts";
import { expect, it } from "vitest";
import { readVariables } from "./variables-input.ts";

const PLAN = {
  functionName: "shop",
  version: "7",
  codeSha256: "",
  runtime: "nodejs24.x",
  handler: "index.handler",
  timeoutSeconds: 3,
  memoryMegabytes: 128,
  ephemeralStorageMegabytes: 512,
  variables: {},
  uid: null,
  credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
};
const PLACES = {
  taskRoot: "/var/task",
  runtimeRoot: "/var/runtime",
  runtimeApi: "127.0.0.1:1",
  logStream: "a",
  region: "eu-central-1",
  endpoint: { url: "https://localhost:7450", trust: { certificateFile: "/c.pem", bundleFile: "/b.pem" } },
};

it("refuses what the runner sets, but for what a function may choose", () => {
  const names = Object.keys(functionVariables(PLAN, PLACES));
  const variables = Object.fromEntries(names.map((name) => [name, "own"]));
  const given = functionVariables({ ...PLAN, variables }, PLACES);
  const mayChoose = names.filter((name) => given[name] === "own");
  expect(mayChoose).toEqual(expect.arrayContaining(["AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]));
  expect(readVariables(Object.fromEntries(mayChoose.map((name) => [name, "own"])))).toBeDefined();
  for (const name of names.filter((each) => !mayChoose.includes(each))) {
    expect(() => readVariables({ [name]: "own" })).toThrow(`Reserved keys used in this request: ${name}`);
  }
});
