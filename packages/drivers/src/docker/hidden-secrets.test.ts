import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { hideSecrets } from "./hidden-secrets.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-hidden-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function secret(name: string, value: string): Promise<Record<string, string>> {
  const path = join(folder, name);
  await writeFile(path, value, { mode: 0o600 });
  return { [name]: path };
}

const written = (text: string) => ({ at: 1, stream: "stderr", text }) as const;

it("leaves the secrets of the binding out of what containers wrote", async () => {
  const files = {
    ...(await secret("password", "hunter2-and-more\n")),
    ...(await secret("key", "first line of a key\nsecond line of a key\n")),
    ...(await secret("part", "hunter2")),
    missing: join(folder, "missing"),
  };
  const lines = [
    written("cannot connect with hunter2-and-more, hunter2"),
    written("second line of a key"),
    written("well"),
  ];
  expect(await hideSecrets(lines, files)).toEqual([written("cannot connect with …, …"), written("…"), written("well")]);
});

it("leaves a secret of few letters in, which half of all lines have", async () => {
  const files = await secret("pin", "1");
  expect(await hideSecrets([written("port 8080, exit code 1")], files)).toEqual([written("port 8080, exit code 1")]);
});
