import { resolve } from "node:path";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { directoryTrouble } from "@sluice/wire/config/directory-trouble.ts";
import { makeDirectory } from "@sluice/wire/config/make-directory.ts";

const OWNER_ONLY = 0o700;

/** @throws Error that says why it cannot be made, and the cure */
export function makeDataDirectory(path: string): void {
  try {
    makeDirectory(path, OWNER_ONLY);
  } catch (error) {
    const directory = resolve(path);
    const reason = reasonOf(error);
    const trouble =
      directoryTrouble(directory, error) ?? `--data ${directory} cannot be made (${reason}). Name another directory`;
    throw new Error(trouble, { cause: error });
  }
}
