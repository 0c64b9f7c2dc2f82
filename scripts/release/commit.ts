import { run } from "./run.ts";

/** The state of the source that a release is made of. */
export interface Commit {
  /** With `-modified` where files differ from it. */
  readonly id: string;
  /** Seconds since 1970: every time in a release (SOURCE_DATE_EPOCH of reproducible-builds.org). */
  readonly time: number;
}

/** @throws Error outside of a clone of the repository */
export function readCommit(): Commit {
  const id = run("git", ["rev-parse", "HEAD"]).trim();
  const isModified = run("git", ["status", "--porcelain"]).trim() !== "";
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined && !/^\d{1,12}$/.test(given)) {
    throw new Error(`SOURCE_DATE_EPOCH is '${given}'; it must be whole seconds since 1970`);
  }
  const time = Number(given ?? run("git", ["log", "-1", "--format=%ct"]).trim());
  return { id: isModified ? `${id}-modified` : id, time };
}
