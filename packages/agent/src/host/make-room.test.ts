import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mountSmall } from "./bind-mount.fixture.ts";
import { createHostFixture, isRoot, specification, tgz } from "./host.fixture.ts";
import { groupPointers, layoutOf } from "./layout.ts";
import { withRoom } from "./make-room.ts";
import { removeOldRevisions } from "./old-revisions.ts";

const FULL = () =>
  Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });

describe("when the disk was full", () => {
  let root: string;
  let said: string[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "sluice-room-"));
    said = [];
    for (const name of [
      "g/d-1",
      "g/d-2",
      "g/d-3",
      "g/d-4",
      "h/d-5",
      "h/d-6",
      "deployment-instructions",
      "deployment-logs/d-7",
    ]) {
      mkdirSync(join(root, name, "deployment-archive"), { recursive: true });
    }
    const [lastSuccessful, mostRecent] = groupPointers(root, "g");
    writeFileSync(lastSuccessful!, join(root, "g/d-2"));
    writeFileSync(mostRecent!, join(root, "g/d-3"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const parts = () => ({
    rootDirectory: root,
    busy: new Set([join(root, "g/d-4"), join(root, "h/d-5")]),
    say: (text: string) => void said.push(text),
  });
  const failing = (times: number, error: () => Error) => {
    const calls = { count: 0 };
    const work = async () => {
      calls.count += 1;
      if (calls.count <= times) throw error();
      return "done";
    };
    return { calls, work };
  };

  test("revisions of every group go that nothing needs, and it is tried once more", async () => {
    const { work, calls } = failing(1, FULL);
    expect(await withRoom(work, parts())).toBe("done");
    expect(calls.count).toBe(2);
    expect(readdirSync(join(root, "g"))).toEqual(["d-2", "d-3", "d-4"]);
    expect(readdirSync(join(root, "h"))).toEqual(["d-5"]);
    expect(readdirSync(join(root, "deployment-logs"))).toEqual(["d-7"]);
    expect(said).toEqual([
      `The disk was full, so old revisions were removed, and the event is retried: ${root}/g/d-1, ${root}/h/d-6`,
    ]);
  });

  test("what the pointers name stays, however the path to it is written", async () => {
    const moved = mkdtempSync(join(tmpdir(), "sluice-room-link-"));
    try {
      symlinkSync(root, join(moved, "agent"));
      const rootDirectory = join(moved, "agent");
      const busy = new Set([join(rootDirectory, "g/d-4")]);
      await withRoom(failing(1, FULL).work, { ...parts(), rootDirectory, busy });
      expect(readdirSync(join(root, "g"))).toEqual(["d-2", "d-3", "d-4"]);
      const layout = layoutOf(rootDirectory, specification({ DeploymentGroupId: "g", DeploymentId: "d-4" }));
      await removeOldRevisions(layout, { maxRevisions: 1 });
      expect(readdirSync(join(root, "g"))).toEqual(["d-2", "d-4"]);
    } finally {
      rmSync(moved, { recursive: true });
    }
  });

  test("a group's oldest go while all of them take more than they may, but for the last successful and the current one", async () => {
    for (const name of ["d-1", "d-2", "d-3", "d-4"]) {
      writeFileSync(join(root, "g", name, "bundle.tar"), Buffer.alloc(100_000, 1));
      utimesSync(join(root, "g", name), Number(name.at(-1)), Number(name.at(-1)));
    }
    const layout = layoutOf(root, specification({ DeploymentGroupId: "g", DeploymentId: "d-4" }));
    await removeOldRevisions(layout, { maxRevisions: 5, maxRevisionBytes: 250_000 });
    expect(readdirSync(join(root, "g"))).toEqual(["d-2", "d-3", "d-4"]);
    await removeOldRevisions(layout, { maxRevisions: 5, maxRevisionBytes: 0 });
    expect(readdirSync(join(root, "g"))).toEqual(["d-2", "d-4"]);
  });

  test("what holds no revision is somebody else's", async () => {
    mkdirSync(join(root, "backups/2026/photos"), { recursive: true });
    await withRoom(failing(1, FULL).work, parts());
    expect(readdirSync(join(root, "backups/2026"))).toEqual(["photos"]);
  });

  test("a cached bundle that no revision holds goes, too", async () => {
    for (const group of ["g", "h"]) rmSync(join(root, group), { recursive: true });
    mkdirSync(join(root, "bundles"));
    writeFileSync(join(root, "bundles", "a".repeat(64)), "");
    expect(await withRoom(failing(1, FULL).work, parts())).toBe("done");
    expect(readdirSync(join(root, "bundles"))).toEqual([]);
    expect(said).toEqual(["The disk was full, so cached bundles were removed, and the event is retried"]);
  });

  test("once, and not again", async () => {
    const { work, calls } = failing(2, FULL);
    await expect(withRoom(work, parts())).rejects.toThrow("ENOSPC");
    expect(calls.count).toBe(2);
    await expect(withRoom(failing(1, FULL).work, parts()), "nothing is left to remove").rejects.toThrow("ENOSPC");
  });

  test("not for another error, nor for another disk", async () => {
    await expect(withRoom(failing(1, () => new Error("EIO")).work, parts())).rejects.toThrow("EIO");
    const elsewhere = () => Object.assign(FULL(), { path: "/proc/none/x" });
    await expect(withRoom(failing(1, elsewhere).work, parts())).rejects.toThrow("ENOSPC");
    expect(existsSync(join(root, "g/d-1"))).toBe(true);
  });
});

test("a revision is deployed to a disk that old ones have filled", async ({ skip }) => {
  skip(!isRoot, "needs root, to mount");
  const fixture = await createHostFixture();
  const { root } = fixture;
  const unmount = mountSmall(root, 2 * 1024);
  try {
    skip(unmount === undefined, "mounting is not allowed here");
    const appSpec = `version: 0.0\nos: linux\nfiles:\n  - source: /app\n    destination: ${root}/installed\n`;
    // Nine archives of 300 KiB do not fit, and fewer of a group than are kept are there when the disk is full.
    const revision = (text: string) => tgz({ "appspec.yml": appSpec, "app/file": text.repeat(300 * 1024) });
    for (const id of ["d-1", "d-2", "d-3", "d-4", "d-5", "d-6", "d-7", "d-8", "d-9"]) {
      fixture.bundle = revision(id.at(-1)!);
      const changes = { DeploymentId: id, DeploymentGroupId: `group-${Number(id.at(-1)) % 2}` };
      const overwrite = { AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: "OVERWRITE" } } };
      for (const event of ["DownloadBundle", "Install"]) {
        expect(await fixture.run(event, { ...changes, ...overwrite })).toMatchObject({ errorCode: 0 });
      }
    }
    expect(fixture.text()).toMatch(
      /The disk was full, so old revisions were removed, and the event is retried: \S+d-[12]/,
    );
    const { groupDirectory } = layoutOf(root, specification({ DeploymentGroupId: "group-1" }));
    expect(readdirSync(groupDirectory)).toContain("d-9");
  } finally {
    unmount?.();
    await fixture.close();
  }
});
