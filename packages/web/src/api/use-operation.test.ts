import { afterAll, expect, it, vi } from "vitest";
import { forgetSession } from "./session.ts";
import { createQueryClient, operationKey } from "./use-operation.ts";

// The session is there when the modules are loaded.
vi.hoisted(() => vi.stubGlobal("localStorage", { getItem: () => "secret", removeItem: () => {} }));
afterAll(() => void vi.unstubAllGlobals());

it("leaves nothing of a session that the server has ended for the next one", () => {
  const client = createQueryClient();
  const key = operationKey("Sluice", "GetCallerAccess", {});
  client.setQueryData(key, { role: "root" });
  forgetSession();
  expect(client.getQueryData(key)).toBeUndefined();
});
