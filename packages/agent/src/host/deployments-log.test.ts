import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DeploymentsLog } from "./deployments-log.ts";

test("eight files are kept, the newest without a number", () => {
  const root = mkdtempSync(join(tmpdir(), "sluice-log-"));
  const log = new DeploymentsLog(root, 1);
  for (let line = 1; line <= 12; line += 1) log.append("d-1", [`line ${line} `]);
  log.close();
  const directory = join(root, "deployment-logs");
  const name = "codedeploy-agent-deployments.log";
  expect(readdirSync(directory).sort()).toEqual([name, ...[0, 1, 2, 3, 4, 5, 6].map((index) => `${name}.${index}`)]);
  expect(readFileSync(join(directory, name), "utf8")).toMatch(/\] \[d-1\]line 12\n$/);
  expect(readFileSync(join(directory, `${name}.6`), "utf8")).toMatch(/\] \[d-1\]line 5\n$/);
  rmSync(root, { recursive: true });
});
