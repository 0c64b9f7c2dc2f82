import { Command } from "commander";
import { expect, it, vi } from "vitest";
import { define } from "./stop.ts";

const call = vi.hoisted(() => vi.fn());
vi.mock("../place/server-connection.ts", () => ({
  connect: () => ({ codeDeploy: { call }, sluice: { call }, [Symbol.dispose]: () => {} }),
}));
vi.mock("../output.ts");

async function stop(...args: readonly string[]) {
  call.mockReset().mockResolvedValue({ status: "Succeeded" });
  const command = new Command("stop");
  define(command);
  await command.parseAsync(args, { from: "user" });
  return call.mock.calls;
}

it("leaves a rollback to the group unless it is asked for", async () => {
  expect(await stop("d-1", "--json")).toEqual([["StopDeployment", { deploymentId: "d-1" }]]);
  expect(await stop("d-1", "--json", "--rollback")).toEqual([
    ["StopDeployment", { deploymentId: "d-1", autoRollbackEnabled: true }],
  ]);
  expect(await stop("d-1", "--json", "--no-rollback")).toEqual([
    ["StopDeployment", { deploymentId: "d-1", autoRollbackEnabled: false }],
  ]);
});

it("says why by the operation that keeps it, which needs to know what is meant", async () => {
  const why = ["--reason", "the wrong build"];
  const asked = { deploymentId: "d-1", reason: "the wrong build" };
  expect(await stop("d-1", "--rollback", ...why)).toEqual([
    ["ActOnDeployment", { ...asked, action: "stop-and-roll-back" }],
  ]);
  expect(await stop("d-1", "--no-rollback", ...why)).toEqual([["ActOnDeployment", { ...asked, action: "stop" }]]);
  await expect(stop("d-1", ...why)).rejects.toThrow("add --rollback or --no-rollback");
  expect(call).not.toHaveBeenCalled();
});
