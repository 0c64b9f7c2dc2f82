import { expect, it } from "vitest";
import { AwsCallError } from "./aws-call-error.ts";
import { optionalCalls } from "./optional-calls.ts";

const never = new AbortController().signal;
const DENIED = { code: "AccessDeniedException", reason: "no", isRefusal: true, deploymentCode: "IAM_ROLE_PERMISSIONS" };
const THROTTLED = { code: "Throttling", reason: "busy", isRefusal: false, deploymentCode: "THROTTLED" };
const BROKEN = { code: "ServiceException", reason: "broken", isRefusal: false };

let now = 0;

/** How often the service was asked in two calls a second apart, and what the second came to. */
async function askTwice(parts: typeof DENIED | typeof BROKEN) {
  const optional = optionalCalls(() => now);
  let asked = 0;
  const call = async () => {
    asked++;
    throw new AwsCallError("said", parts);
  };
  await optional("Look", never, call);
  now += 1_000;
  return { answer: await optional("Look", never, call), asked: () => asked, optional, call };
}

it("does not ask for a minute again what was denied, and says the same", async () => {
  const { answer, asked, optional, call } = await askTwice(DENIED);
  expect(answer).toMatchObject({ outcome: "unread", reason: "no", error: { isRefusal: true } });
  expect(asked()).toBe(1);
  await optional("Another", never, call);
  expect(asked()).toBe(2);
  now += 60_000;
  await optional("Look", never, call);
  expect(asked()).toBe(3);
});

it.each([
  ["is throttled", THROTTLED],
  ["is broken", BROKEN],
])("asks a service again that %s", async (_name, parts) => {
  const { answer, asked } = await askTwice(parts);
  expect(answer).toMatchObject({ outcome: "unread", reason: parts.reason, error: { isRefusal: false } });
  expect(asked()).toBe(2);
});

it("does not take a bug, or the end of the call, for an answer", async () => {
  const optional = optionalCalls(() => now);
  const bug = optional("Look", never, async () => Promise.reject(new TypeError("a bug")));
  await expect(bug).rejects.toThrow("a bug");
  const stop = new AbortController();
  const stopped = optional("Look", stop.signal, async () => {
    stop.abort(new Error("stopped"));
    throw new AwsCallError("said", BROKEN);
  });
  await expect(stopped).rejects.toThrow("stopped");
});
