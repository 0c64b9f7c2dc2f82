import { gzipSync } from "node:zlib";
import { rawTar, rawZip } from "@sluice/agent/host/fixtures/raw-archives.ts";
import { readAppSpec } from "@sluice/server/preflight/read-app-spec.ts";
import { describe, expect, it } from "vitest";

const VALID = "version: 0.0\nos: linux\nhooks:\n  ValidateService:\n    - location: check.sh\n";
const never = new AbortController().signal;
const entry = (name: string, content: string | Buffer = VALID) => ({ name, content });

type Entries = readonly { readonly name: string; readonly content: string | Buffer; readonly type?: string }[];
const PACKED = [
  ["zip", rawZip],
  ["tar", rawTar],
  ["tgz", (entries: Entries) => gzipSync(rawTar(entries))],
] as const;

describe.each(PACKED)("the AppSpec in a %s", (bundleType, pack) => {
  const read = (...entries: Entries) => readAppSpec(pack(entries), bundleType, never);

  it("is found in the root, appspec.yml before appspec.yaml", async () => {
    const broken = entry("appspec.yaml", "version: 9");
    expect(await read(broken, entry("README"), entry("appspec.yml"))).toMatchObject({
      outcome: "valid",
      fileName: "appspec.yml",
      appSpec: { hooks: { ValidateService: [{ location: "check.sh" }] } },
    });
    expect(await read(entry("./appspec.yaml"))).toMatchObject({ outcome: "valid", fileName: "appspec.yaml" });
  });

  it("is missing where only a directory holds one, or a name leads elsewhere", async () => {
    for (const name of ["app/appspec.yml", "../appspec.yml", "/appspec.yml"]) {
      expect(await read(entry(name)), name).toMatchObject({ outcome: "invalid" });
    }
  });

  it("is refused in the words in which agents refuse it", async () => {
    expect(await read(entry("appspec.yml", "version: 9\nos: linux\n"))).toEqual({
      outcome: "invalid",
      reason: expect.stringContaining("invalid version value (9)"),
    });
  });

  it("is not read when it is too large", async () => {
    const large = Buffer.alloc(1024 * 1024 + 1, "#");
    expect(await read(entry("appspec.yml", large))).toMatchObject({ outcome: "unchecked" });
  });

  it("is not to be had from a damaged bundle", async () => {
    const whole = pack([entry("appspec.yml")]);
    expect(await readAppSpec(whole.subarray(0, 60), bundleType, never)).toMatchObject({ outcome: "invalid" });
  });
});

it("a link of the AppSpec's name is not followed", async () => {
  const link = { name: "appspec.yml", type: "2", linkName: "/etc/passwd" };
  expect(await readAppSpec(rawTar([link]), "tar", never)).toMatchObject({ outcome: "unchecked" });
});
