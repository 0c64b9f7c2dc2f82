import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { describeError } from "../command-failed.ts";
import { type Check, ok, wrong } from "./check.ts";

const OPEN_TO_OTHERS = 0o077;
const MODE_BITS = 0o777;

/** The root key lies in it: nobody else may read it. */
export async function dataDirectoryCheck(directory: string): Promise<Check> {
  try {
    for (const path of [join(directory, "aws"), join(directory, "aws", "credentials")]) {
      const { mode } = await lstat(path);
      if ((mode & OPEN_TO_OTHERS) !== 0) {
        const shown = (mode & MODE_BITS).toString(8).padStart(4, "0");
        return wrong(
          "data directory",
          `${path} contains the root key and other users can read it (${shown}). Run: chmod go= ${path}`,
        );
      }
    }
    return ok("data directory", `only its owner can read the key in ${directory}`);
  } catch (error) {
    return wrong("data directory", describeError(error));
  }
}
