import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusal, refuseOtherOwner, SERVER_MARK } from "./other-owner.ts";

const NOBODY = 65_534;
/** That no machine has a name for. */
const NAMELESS = 3_999_999_999;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-owner-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const asked = (change: object = {}) =>
  refuseOtherOwner({ directory, mark: SERVER_MARK, isOwnersWhileEmpty: true, ...change }, [
    ...["server", "--data", directory],
    ...["--database", "postgres://sluice:secret@db/sluice"],
  ]);

describe.skipIf(process.geteuid?.() !== 0)("root (needs root, to give a directory away)", () => {
  it("is refused another user's directory, with the same command as that user", async () => {
    chownSync(directory, NOBODY, NOBODY);
    await expect(asked()).rejects.toThrow(
      `${directory} belongs to the user nobody, who could not open what root writes there. Run this as that user: runuser -u nobody -- sluice server --data ${directory} --database postgres://sluice:PASSWORD@db/sluice. If root`,
    );
    expect(readdirSync(directory)).toEqual([]);
  });

  it("goes by what a server has left there: a directory of root's in another user's folder is root's", async () => {
    chownSync(directory, NOBODY, NOBODY);
    writeFileSync(join(directory, SERVER_MARK), "{}");
    await asked();
    chownSync(join(directory, SERVER_MARK), NAMELESS, 7);
    chownSync(directory, 0, 0);
    await expect(asked()).rejects.toThrow(
      `belongs to the user ${NAMELESS}, who could not open what root writes there. Run this as that user: setpriv --reuid ${NAMELESS} --regid 7 --clear-groups -- sluice`,
    );
  });

  it("may begin in another user's empty directory where that was asked for, and in its own", async () => {
    await asked();
    await asked({ directory: join(directory, "new") });
    mkdirSync(join(directory, "theirs"));
    chownSync(join(directory, "theirs"), NOBODY, NOBODY);
    await asked({ directory: join(directory, "theirs"), isOwnersWhileEmpty: false });
  });
});

it("leads to the service where the directory is that of one", () => {
  const owner = { uid: 7, gid: 7, name: "sluice" };
  const asked = { argv: ["server", "--data", directory], isRoot: true };
  const start = { unit: "sluice-server", isInstead: true } as const;
  const written = { directory, mark: SERVER_MARK, isOwnersWhileEmpty: true, service: start };
  expect(refusal(written, owner, asked, () => directory)).toContain(
    `there. Start its service: systemctl start sluice-server. By hand, as that user: runuser -u sluice -- sluice server --data ${directory}`,
  );
  const restore = { ...written, service: { ...start, isInstead: false } };
  expect(refusal(restore, owner, { argv: ["restore"], isRoot: true }, () => directory)).toMatch(
    /there\. Run this as that user: [^.]*restore$/,
  );
  const file = join(directory, "b.tar");
  writeFileSync(file, "", { mode: 0o600 });
  expect(refusal({ ...restore, reads: file }, owner, { argv: ["restore"], isRoot: true }, () => directory)).toMatch(
    /restore\. That user cannot read the file: .*: install -o sluice -m 0600 \S+b\.tar \/var\/tmp\/$/,
  );
});

it("tells another user whose it is, with sudo", () => {
  const written = { directory, mark: SERVER_MARK, isOwnersWhileEmpty: true };
  const asked = { argv: ["server", "--data", directory], isRoot: false };
  const said = (uid: number, name?: string) => refusal(written, { uid, gid: uid, name }, asked);
  expect(said(7, "sluice")).toBe(
    `${directory} belongs to the user sluice, and this user may not write there. Run this as that user: sudo -u sluice sluice server --data ${directory}`,
  );
  expect(said(0, "root")).toMatch(/Run this as that user: sudo sluice server/);
  expect(said(7)).toMatch(/the user 7, .*: sudo -u '#7' sluice server/);
  const service = { unit: "sluice-server", isInstead: true } as const;
  expect(refusal({ ...written, service }, { uid: 7, gid: 7, name: "sluice" }, asked, () => directory)).toContain(
    "Start its service: sudo systemctl start sluice-server. By hand",
  );
});

it("shows no token", () => {
  const owner = { uid: 7, gid: 7, name: "deploy" };
  const written = { directory, mark: "agent.json", isOwnersWhileEmpty: false };
  expect(refusal(written, owner, { argv: ["agent", "enroll", "--token", "s3cret"], isRoot: true })).toContain(
    "enroll --token TOKEN. If root",
  );
});
