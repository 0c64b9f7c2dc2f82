import { expect, it } from "vitest";
import { openEngineApi } from "./engine-api.ts";
import { startFakeEngine } from "./fake-engine.fixture.ts";
import { createInstallationNetwork } from "./installation-network.ts";

const never = new AbortController().signal;
const network = (Id: string, second: number) => ({
  Id,
  Name: "sluice-a1",
  Created: `2026-11-29T16:33:${10 + second}.1Z`,
  IPAM: { Config: [{ Subnet: "10.90.0.0/16" }] },
});

async function open(networks: ReturnType<typeof network>[], inUse: readonly string[] = []) {
  const deletion = (id: string) => (_request: unknown, response: { writeHead(status: number): { end(): void } }) => {
    if (inUse.includes(id)) return response.writeHead(403).end();
    networks.splice(
      networks.findIndex(({ Id }) => Id === id),
      1,
    );
    response.writeHead(204).end();
  };
  const { socket, asked } = await startFakeEngine({
    "GET /networks": (_request, response) => void response.end(JSON.stringify(networks)),
    "POST /networks/create": (_request, response) => {
      // Somebody else asks at the same time.
      networks.push(network("late", 9), network("early", 1));
      response.end("{}");
    },
    "DELETE /networks/early": deletion("early"),
    "DELETE /networks/late": deletion("late"),
  });
  return { network: createInstallationNetwork(openEngineApi(socket), "a1", undefined), asked, networks };
}

it("keeps the older of two that were made at once", async () => {
  const { network, networks } = await open([]);
  expect(await network.ensure(never)).toBeUndefined();
  expect(networks.map(({ Id }) => Id)).toEqual(["early"]);
});

it("keeps the one that has containers on it", async () => {
  const { network, networks } = await open([], ["late"]);
  expect(await network.ensure(never)).toBeUndefined();
  expect(networks.map(({ Id }) => Id)).toEqual(["late"]);
});

it("says no when a stranger has the name", async () => {
  const { socket } = await startFakeEngine({
    "GET /networks": { json: [{ ...network("other", 1), Name: "sluice-a1-old" }] },
    "POST /networks/create": { status: 409, message: "network with name sluice-a1 already exists" },
  });
  expect(await createInstallationNetwork(openEngineApi(socket), "a1", undefined).ensure(never)).toBe(
    "the engine has a network that is not of this installation by the name sluice-a1: docker network rm sluice-a1",
  );
});

it("is looked for once, until it is lost", async () => {
  const { network: found, asked } = await open([network("early", 1)]);
  await Promise.all([found.ensure(never), found.ensure(never)]);
  await found.ensure(never);
  const looks = () => asked.filter((path) => path === "GET /v1.41/networks").length;
  expect(looks()).toBe(1);
  found.forget();
  await found.ensure(never);
  expect(looks()).toBe(2);
});
