import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { namingDirectoryTrouble } from "../files/file-trouble.ts";
import { whySilent } from "./detached-up.ts";

it("a run whose log is empty because the disk is full is told as that", () => {
  let thrown: unknown;
  try {
    whySilent("/dev/full", 1);
  } catch (error) {
    thrown = namingDirectoryTrouble(error, "/srv/up");
  }
  expect((thrown as Error).message).toBe(
    "the disk of /srv/up is full. Free space on it, then try again: df -h /srv/up",
  );
});

it("a run that said nothing for another reason leaves its log empty", () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-detached-up-"));
  try {
    const log = join(directory, "up.log");
    expect(whySilent(log, "SIGKILL")).toContain("sluice up exited (SIGKILL) without a message.");
    expect(readFileSync(log, "utf8")).toBe("");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
