import type { FunctionPlan } from "@sluice/engine/ports/function-runner.ts";
import type { VariablePlaces } from "./function-variables.ts";

export const PLAN: FunctionPlan = {
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
export const PLACES: VariablePlaces = {
  taskRoot: "/var/task",
  runtimeRoot: "/var/runtime",
  runtimeApi: "127.0.0.1:1",
  logStream: "a",
  region: "eu-central-1",
  endpoint: { url: "https://localhost:7450", trust: { certificateFile: "/c.pem", bundleFile: "/b.pem" } },
};
