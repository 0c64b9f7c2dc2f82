import { expect, it } from "vitest";
import { directoryToRun } from "./directory-to-run.ts";

it.each([
  [["agent", "run", "--data", "/d"], "/d"],
  [["agent", "run", "--data=/d"], "/d"],
  [["agent", "run", "--data", ""], undefined],
  [["agent", "run", "--data="], undefined],
  [["agent", "run", "--data"], undefined],
  [["agent", "run", "--data", "--help"], undefined],
  [["agent", "run", "--data", "/d", "more"], undefined],
  [["agent", "run", "--data=/d", "more"], undefined],
  [["agent", "run", "--dat", "/d"], undefined],
  [["agent", "status", "--data", "/d"], undefined],
  [["agent"], undefined],
])("takes %j for the agent of %s", (argv, directory) => {
  expect(directoryToRun(argv)).toBe(directory);
});
