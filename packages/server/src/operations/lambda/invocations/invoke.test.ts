import { afterEach, beforeEach, expect, it } from "vitest";
import { ARN, LambdaWorld } from "../lambda.fixture.ts";

const NAME = { FunctionName: "payments" };
let world: LambdaWorld;
beforeEach(async () => {
  world = await LambdaWorld.begin();
});
afterEach(() => world.close());

const bytes = (text: string) => Buffer.from(text);

it("gives the function the bytes of the payload, and the caller those of the answer", async () => {
  const Payload = bytes('{ "amount" : 1 }');
  expect(await world.invoke({ FunctionName: `${ARN}:live`, Payload })).toEqual({
    requestId: "request-1",
    output: { StatusCode: 200, ExecutedVersion: "live", Payload: bytes('{"ok":true}') },
  });
  expect(world.functions.invocations).toEqual([{ functionName: "payments", qualifier: "live", payload: Payload }]);
  expect(world.functions.invocations[0]?.payload).toBe(Payload);
});

it("says that a function failed, and shows the tail of its log to whoever asks for it", async () => {
  world.functions.answer = { outcome: "failed", payload: bytes('{"errorType":"Error"}'), logTail: "END x\n" };
  const { output } = await world.invoke({ ...NAME, LogType: "Tail" });
  expect(output).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled" });
  expect(Buffer.from(output.LogResult!, "base64").toString()).toBe("END x\n");
  expect((await world.invoke({ ...NAME, LogType: "None" })).output).not.toHaveProperty("LogResult");
});

it("stores an event, and runs dry", async () => {
  const event = { ...NAME, InvocationType: "Event" as const, Payload: bytes("{}") };
  expect(await world.invoke(event)).toEqual({ requestId: "request-2", output: { StatusCode: 202 } });
  expect(world.functions.events).toHaveLength(1);
  expect(await world.invoke({ ...NAME, InvocationType: "DryRun" })).toEqual({ output: { StatusCode: 204 } });
  expect(world.functions.invocations).toEqual([]);
});

it("decodes what the client says of itself", async () => {
  await world.invoke({ ...NAME, ClientContext: bytes('{"client":{"app":"x"}}').toString("base64") });
  expect(world.functions.invocations[0]?.clientContext).toBe('{"client":{"app":"x"}}');
});

it("makes a header of what the client says of itself, whatever it is written in", async () => {
  const context = { custom: { shop: "Bäckerei → 🥐\u007f" } };
  await world.invoke({ ...NAME, ClientContext: bytes(JSON.stringify(context, null, "\t")).toString("base64") });
  const { clientContext } = world.functions.invocations[0]!;
  expect(clientContext).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(clientContext!)).toEqual(context);
});

it.each([
  [{ Payload: bytes("{") }, "InvalidRequestContentException: Could not parse request body into json"],
  [{ Payload: Buffer.from([0xff]) }, "InvalidRequestContentException: Could not parse request body into json"],
  [{ ClientContext: "e3g=" }, "InvalidRequestContentException: Could not parse ClientContext"],
  [{ ClientContext: "x".repeat(3_584) }, "ClientContext has 3584 characters"],
  [{ InvocationType: "Later" }, 'InvocationType "Later" is not known'],
  [{ LogType: "Head" }, 'LogType "Head" is not known'],
  [{ TenantId: "t" }, "TenantId is not supported"],
  [{ Qualifier: "a b" }, 'Qualifier "a b" is neither a version nor an alias'],
  [{ FunctionName: "pay/ments" }, "names no function"],
])("refuses %j", async (change, message) => {
  expect(await world.fault("Invoke", { ...NAME, ...change } as never)).toContain(message);
  expect(world.functions.invocations).toEqual([]);
});
