import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { MAX_SECRET_BYTES, readSecret, withoutSecrets } from "./secret-files.ts";

function secretFile(content: string, mode = 0o600): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-secret-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "secret");
  writeFileSync(path, content, { mode });
  execFileSync("chmod", [mode.toString(8), path]);
  return path;
}
const read = (path: string) => readSecret("password", { password: path });

describe("a secret", () => {
  it.each([
    ["open sesame", "open sesame"],
    ["open sesame\n", "open sesame"],
    ["open\nsesame\r\n", "open\nsesame"],
    ["", ""],
  ])("is what its file has, without the last line feed: %j", async (content, value) => {
    expect(await read(secretFile(content))).toEqual({ outcome: "read", value });
    expect(await read(secretFile(content, 0o440))).toEqual({ outcome: "read", value });
  });

  it.each([
    ["every user may read it", () => secretFile("hidden", 0o604), /every user may read or write .*: chmod 600 /],
    ["a group may write it", () => secretFile("hidden", 0o660), /a group may write .*: chmod 600 /],
    ["it is a folder", () => tmpdir(), / is not a file$/],
    ["it is not there", () => "/nowhere/secret", /cannot be read from \/nowhere\/secret: ENOENT$/],
    ["it is too long", () => secretFile("x".repeat(MAX_SECRET_BYTES + 1)), /has more than 65536 bytes$/],
    ["it has a zero byte", () => secretFile("hidden\0"), /has a zero byte/],
  ])("is refused when %s, and is not in the message", async (_name, path, reason) => {
    const secret = await read(path());
    expect(secret).toEqual({ outcome: "refused", reason: expect.stringMatching(reason) });
    expect(JSON.stringify(secret)).not.toContain("hidden");
  });

  it("is refused when the settings do not have it", async () => {
    for (const name of ["other", "constructor"]) {
      expect(await readSecret(name, {})).toEqual({
        outcome: "refused",
        reason: `the binding of docker has no secret ${name}: add it to its secrets`,
      });
    }
  });

  it("is cut out of other people's words", () => {
    expect(withoutSecrets("a.b says a.b", ["a.b", ""])).toBe("… says …");
  });
});
