import { resolve } from "node:path";
import { expect, it } from "vitest";
import { ownRelease } from "./own-release.ts";

it("a checkout says what starts it, and of which commit it is where git knows", async () => {
  const release = await ownRelease();
  expect(release).toMatchObject({
    platform: `linux-${process.arch}`,
    isSingleFile: false,
    program: resolve(import.meta.dirname, "../../../../bin/sluice"),
  });
  expect(release.commit ?? "0".repeat(40)).toMatch(/^[0-9a-f]{40}(-modified)?$/);
});
