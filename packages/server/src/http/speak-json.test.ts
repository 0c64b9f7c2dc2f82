import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import type { Principal } from "../access/principal.ts";
import { jsonServices, type ServiceDependencies } from "./json-services.ts";
import { speakJson } from "./speak-json.ts";
import { MAX_SMALL_BODY_BYTES } from "./wire-service.ts";

describe("the largest body of a call", () => {
  const services = jsonServices({ operations: {} } as ServiceDependencies);
  const speech = speakJson({ services, doors: [], accountId: "111122223333" });
  const largest = (operation: string, role: Principal["role"]) => {
    const request = { url: "/", headers: { "x-amz-target": `CodeDeploy_20141006.${operation}` } };
    return speech.maxBodyBytes(request as unknown as IncomingMessage, { role, accessKeyId: "KEY", hostId: null });
  };

  it("is the operation's, for a key that may call it", () => {
    expect(largest("CreateDeployment", "root")).toBeGreaterThan(MAX_SMALL_BODY_BYTES);
    expect(largest("CreateDeployment", "read-only")).toBe(MAX_SMALL_BODY_BYTES);
  });

  it("is as large for an operation that does not exist, so that the key is told so", () => {
    expect(largest("CreateNothing", "root")).toBe(largest("CreateDeployment", "root"));
    expect(largest("GetNothing", "read-only")).toBe(largest("GetDeployment", "read-only"));
    expect(largest("GetNothing", "host")).toBe(MAX_SMALL_BODY_BYTES);
  });
});
