import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { confirm } from "./confirm.ts";

const QUESTION = { what: "web/prod goes back", command: "sluice rollback --yes" };

/** Runs the question at a terminal of its own, and types an answer once it was asked. */
function answered(typed: string): Promise<string> {
  const module = JSON.stringify(join(import.meta.dirname, "confirm.ts"));
  const program = `const { confirm } = await import(${module}); try { await confirm({ what: "web/prod goes back", isGiven: false, command: "" }); console.log("went on"); } catch (error) { console.log(error.message + " " + error.exitStatus); }`;
  const inner = `${process.execPath} --input-type=module -e '${program}'`;
  const child = spawn("script", ["-qec", inner, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
  let shown = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const wasAsked = shown.includes("Continue?");
    shown += chunk;
    if (!wasAsked && shown.includes("Continue?")) child.stdin.write(typed);
  });
  return new Promise((resolve) => child.once("close", () => resolve(shown)));
}

test("a terminal is asked, and only a yes goes on", async () => {
  const yes = await answered("y\r");
  expect(yes).toContain("web/prod goes back.");
  expect(yes).toContain("went on");
  expect(await answered("\r")).toContain("nothing was changed 1");
  expect(await answered("\u0004")).toContain("nothing was changed 1");
});

test("without a terminal --yes is needed, and the refusal names the command", async () => {
  await expect(confirm({ ...QUESTION, isGiven: false })).rejects.toMatchObject({
    exitStatus: 2,
    message:
      "web/prod goes back. There is no terminal to confirm this, so nothing was changed. To do it: sluice rollback --yes",
  });
  await expect(confirm({ ...QUESTION, isGiven: true })).resolves.toBeUndefined();
});
