import { expect, it } from "vitest";
import { newContainerPlan } from "../contracts/container-engine-contract.fixture.ts";
import { dockerEngine } from "./docker-engine.ts";
import { type FakeAnswer, startFakeEngine } from "./fake-engine.fixture.ts";

const never = new AbortController().signal;
const NETWORK = { Id: "n1", Name: "sluice-a1", IPAM: { Config: [] } };

async function open(answers: Readonly<Record<string, FakeAnswer>>) {
  const { socket, asked } = await startFakeEngine({
    "GET /networks": { json: [NETWORK] },
    "POST /containers/c1/start": (_request, response) => void response.writeHead(204).end(),
    "DELETE /containers/c1": (_request, response) => void response.writeHead(204).end(),
    ...answers,
  });
  return { engine: dockerEngine.create({ socket }, { installation: "a1", now: Date.now, signal: never }), asked };
}

it("fails, and leaves nothing, when the engine leaves a limit out", async () => {
  const warning =
    "Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.";
  const { engine, asked } = await open({ "POST /containers/create": { json: { Id: "c1", Warnings: [warning] } } });
  expect(await engine.start(newContainerPlan("app:1", { memoryBytes: 100_000_000 }), never)).toEqual({
    outcome: "failed",
    reason: `ResourceInitializationError: the engine cannot keep a limit: ${warning}`,
  });
  expect(asked.at(-1)).toBe("DELETE /v1.41/containers/c1");
});

it("tells of the engine's other warnings", async () => {
  const warning = "Your kernel does not support swap limit capabilities. Memory limited without swap.";
  const { engine } = await open({ "POST /containers/create": { json: { Id: "c1", Warnings: [warning] } } });
  expect(await engine.start(newContainerPlan("app:1"), never)).toEqual({ outcome: "done", detail: warning });
});

it("looks again when another server has made the container just now", async () => {
  const { engine } = await open({ "POST /containers/create": { status: 409, message: "the name is in use" } });
  expect(await engine.start(newContainerPlan("app:1"), never)).toMatchObject({ outcome: "pending" });
});

it("asks three times for a container with an image that is there", async () => {
  const { engine, asked } = await open({ "POST /containers/create": { json: { Id: "c1", Warnings: null } } });
  await engine.start(newContainerPlan("app:1"), never);
  asked.length = 0;
  expect(await engine.start(newContainerPlan("app:1", { containerName: "other" }), never)).toEqual({ outcome: "done" });
  expect(asked).toEqual([
    expect.stringMatching(/^GET .*-other\/json$/),
    "POST /v1.41/containers/create",
    "POST /v1.41/containers/c1/start",
  ]);
});

it.each([
  ["", "2"],
  ["A=B", "2"],
  ["A\0", "2"],
])("refuses the variable %j", async (name, value) => {
  const { engine } = await open({});
  const outcome = await engine.start(newContainerPlan("app:1", { environment: { [name]: value } }), never);
  expect(outcome).toMatchObject({
    outcome: "failed",
    reason: expect.stringContaining("cannot be the name of a variable"),
  });
});
