import { expect, it, vi } from "vitest";
import { runProgram } from "./program.ts";

it("its help names every step from nothing to a deployment", async () => {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  await runProgram(["--help"], []);
  const help = written.mock.calls.join("");
  written.mockRestore();
  const steps = ["sluice up", "sluice applications create", "sluice groups create", "sluice deploy"];
  const places = steps.map((step) => help.indexOf(step));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((one, other) => one - other));
});
