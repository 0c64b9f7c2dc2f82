import { expect, it } from "vitest";
import { functionVariables, RESERVED_VARIABLES } from "./function-variables.ts";

const KEY = { accessKeyId: "AKIAFUNCTION", secretAccessKey: "secret" };
const PLAIN = { region: "eu-central-1", endpoint: "http://127.0.0.1:9450", trust: null };
const TRUST = { certificateFile: "/data/functions/server.pem", bundleFile: "/data/functions/authorities.pem" };

it("lead a function's SDK to this server, as itself", () => {
  expect(functionVariables({ STAGE: "test" }, PLAIN, KEY)).toEqual({
    STAGE: "test",
    AWS_REGION: "eu-central-1",
    AWS_DEFAULT_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "AKIAFUNCTION",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL: "http://127.0.0.1:9450",
  });
});

it("say whom to trust where the server speaks TLS", () => {
  const endpoint = "https://10.0.0.5:9450";
  expect(functionVariables({}, { ...PLAIN, endpoint, trust: TRUST }, null)).toEqual({
    AWS_REGION: "eu-central-1",
    AWS_DEFAULT_REGION: "eu-central-1",
    AWS_ENDPOINT_URL: endpoint,
    AWS_CA_BUNDLE: TRUST.bundleFile,
    NODE_EXTRA_CA_CERTS: TRUST.certificateFile,
  });
});

it("may be the function's own where Lambda lets it choose, and only there", () => {
  const own = { AWS_ENDPOINT_URL: "https://elsewhere.example", AWS_CA_BUNDLE: "/var/task/ca.pem" };
  expect(functionVariables(own, { ...PLAIN, trust: TRUST }, KEY)).toMatchObject(own);
  const taken = Object.fromEntries([...RESERVED_VARIABLES].map((name) => [name, "taken"]));
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = functionVariables(
    taken,
    PLAIN,
    KEY,
  );
  expect([AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY]).not.toContain("taken");
});
