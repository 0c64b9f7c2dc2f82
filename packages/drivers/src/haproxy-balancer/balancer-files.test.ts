import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { BalancerFiles } from "./balancer-files.ts";

it("replaces a file whole, and leaves nothing beside it", async () => {
  const root = mkdtempSync(join(tmpdir(), "sluice-balancer-files-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const files = new BalancerFiles(join(root, "balancer"));
  await files.prepare();
  await files.write("weights", "a longer text\n");
  await files.write("weights", "short\n");
  expect(readFileSync(files.path("weights"), "utf8")).toBe("short\n");
  expect(statSync(files.path("weights")).mode & 0o777).toBe(0o600);
  expect(readdirSync(files.directory)).toEqual(["weights"]);
});
