import { expect, it } from "vitest";
import { namingDirectoryTrouble, namingUnreadable } from "./file-trouble.ts";

const failure = (code: string, path?: string) => Object.assign(new Error(`${code}: raw words`), { code, path });
const said = (error: Error, directory: string) => (namingDirectoryTrouble(error, directory) as Error).message;

it("names the directory and the cure where it cannot be written", () => {
  const wanted =
    "--data /srv/data cannot be written by this user (EACCES). Name another directory, or run as its owner";
  expect(said(failure("EACCES", "/srv/data/sluice.db"), "/srv/data")).toBe(wanted);
  expect(said(failure("EACCES", "/srv"), "/srv/data")).toBe(wanted);
  expect(said(failure("EACCES", "/"), "/srv/data")).toBe(wanted);
  expect(said(failure("ENOTDIR", "/srv/data"), "/srv/data")).toContain("--data /srv/data is not a directory");
});

it("leaves an error of another file as it is", () => {
  expect(said(failure("EACCES", "/etc/key.pem"), "/srv/data")).toBe("EACCES: raw words");
  expect(said(failure("EACCES", "/srv/data-2/x"), "/srv/data")).toBe("EACCES: raw words");
  expect(said(failure("EACCES"), "/srv/data")).toBe("EACCES: raw words");
});

it("says of a directory that may not be read who may", () => {
  const { message } = namingUnreadable(failure("EACCES", "/srv/agent/agent.json"), "/srv/agent") as Error;
  expect(message).toBe(
    "permission denied (EACCES): this user cannot read --data /srv/agent. Run this with sudo, or as its owner: ls -ld /srv/agent",
  );
});

it("names the database's directory where SQLite says no more than that its disk has failed", () => {
  const error = Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 4874 });
  expect(said(error, "/usr")).toBe(
    "the database in /usr cannot be read or written (disk I/O error). If its disk is full, free space on it: df -h /usr. If not, look for errors of the disk: dmesg",
  );
  // A file system without any space.
  expect(said(error, "/proc")).toBe("the disk of /proc is full. Free space on it, then try again: df -h /proc");
});
