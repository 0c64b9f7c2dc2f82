import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { oneAtATime } from "./installing-door.ts";

it("lets one installation through after the other, also after one that fails, and leaves nothing", async () => {
  const parent = mkdtempSync(join(tmpdir(), "sluice-door-"));
  const directory = join(parent, "door");
  try {
    let inside = 0;
    let most = 0;
    const work = async (fails: boolean) => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
      if (fails) throw new Error("it fails");
    };
    const runs = [true, false, true].map((fails) => oneAtATime(() => work(fails), { directory }));
    expect((await Promise.allSettled(runs)).map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected"]);
    expect(most).toBe(1);
    expect(existsSync(directory)).toBe(false);

    await oneAtATime(
      () =>
        expect(oneAtATime(async () => {}, { directory, maxMilliseconds: 1 })).rejects.toThrow(
          "runs on this host. Wait",
        ),
      { directory },
    );
  } finally {
    rmSync(parent, { recursive: true });
  }
});
