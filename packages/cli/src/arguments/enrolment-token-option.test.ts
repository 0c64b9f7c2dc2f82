import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { enrolmentToken } from "./enrolment-token-option.ts";

let base: string;
let file: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "sluice-token-"));
  file = join(base, "token");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test("the token is the first line of the file", async () => {
  writeFileSync(file, " slt_abc \r\nand more\n");
  expect(await enrolmentToken({ tokenFile: file })).toBe("slt_abc");
});

test("or of standard input, also where that has no line's end", () => {
  const module = JSON.stringify(join(import.meta.dirname, "enrolment-token-option.ts"));
  const program = `const { enrolmentToken } = await import(${module}); console.log(await enrolmentToken({ tokenFile: "-" }));`;
  for (const input of ["slt_abc\nmore", "slt_abc"]) {
    const done = spawnSync(process.execPath, ["--input-type=module", "-e", program], { input, encoding: "utf8" });
    expect(`${done.stdout}${done.stderr}`).toBe("slt_abc\n");
  }
});

/** Runs the program at a terminal of its own, and types there once it has asked. */
function atTerminal(program: string, typed: string): Promise<string> {
  const inner = `${process.execPath} --input-type=module -e '${program}'`;
  const child = spawn("script", ["-qec", inner, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
  let shown = "";
  child.stdout.on("data", (chunk: Buffer) => {
    if (shown === "") child.stdin.write(typed);
    shown += chunk;
  });
  return new Promise((resolve) => child.once("close", () => resolve(shown)));
}

test("a terminal does not show the token that is typed", async () => {
  const module = JSON.stringify(join(import.meta.dirname, "enrolment-token-option.ts"));
  const program = `const { enrolmentToken } = await import(${module}); const token = await enrolmentToken({ tokenFile: "-" }); console.log(token.length);`;
  const shown = await atTerminal(program, "slt_secret\r");
  expect(shown).toContain("Enrolment token");
  expect(shown).toContain("10");
  expect(shown).not.toContain("secret");
});

test("a device without an end is not read to its end", async () => {
  expect((await enrolmentToken({ tokenFile: "/dev/zero" })).startsWith("\0")).toBe(true);
});

test("what is wrong is named, and the token is not", async () => {
  await expect(enrolmentToken({ tokenFile: file })).rejects.toThrow(
    `--token-file ${file} does not exist. Create it on the server`,
  );
  await expect(enrolmentToken({ tokenFile: base })).rejects.toThrow(`--token-file ${base} is a directory`);
  writeFileSync(file, "\nslt_abc");
  await expect(enrolmentToken({ tokenFile: file })).rejects.toThrow("the first line of");
  await expect(enrolmentToken({})).rejects.toThrow("give either --token-file FILE");
  await expect(enrolmentToken({ token: "slt_abc", tokenFile: file })).rejects.toThrow(/or --token TOKEN$/);
});
