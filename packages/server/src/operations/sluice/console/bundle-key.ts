import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { BUNDLE_ENDINGS, type BundleType, bundleTypeOf } from "./bundle-type.ts";

export const MAX_FILE_NAME_CHARACTERS = 200;
/** Of the random part of a key: two uploads of one name never meet. */
const UNIQUE_CHARACTERS = 12;
const UNIQUE_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

export interface BundleKey {
  /** `APPLICATION/NAME-UNIQUE.zip` */
  readonly key: string;
  readonly type: BundleType;
}

/**
 * Where an uploaded file goes: beside what `sluice deploy` puts there. Of the file's own name stay letters, digits, dots, hyphens and
 * underscores of any script; others become hyphens, since keys stand in URLs and in the shorthand of the AWS CLI.
 */
export function bundleKey(
  applicationName: string,
  fileName: string | undefined,
  randomText: (alphabet: string, length: number) => string,
): BundleKey {
  const name = requireFileName(fileName);
  const found = bundleTypeOf(name);
  if (!found) {
    throw new CallerFault(
      "ValidationException",
      `fileName is ${excerpt(name)}, which is no revision's: give a file that ends in ${BUNDLE_ENDINGS.join(", ")}.`,
    );
  }
  const stem = name
    .slice(0, -found.ending.length)
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")
    .replaceAll(/^[.-]+|-+$/g, "");
  const unique = randomText(UNIQUE_ALPHABET, UNIQUE_CHARACTERS);
  const parts = [...(stem === "" ? [] : [stem]), unique];
  return { key: `${applicationName}/${parts.join("-")}${found.ending.toLowerCase()}`, type: found.type };
}

function requireFileName(fileName: string | undefined): string {
  if (!fileName) {
    throw new CallerFault("ValidationException", "fileName is missing: give the name of the file that is uploaded.");
  }
  if (fileName.length > MAX_FILE_NAME_CHARACTERS) {
    throw new CallerFault(
      "ValidationException",
      `fileName has ${fileName.length} characters: at most ${MAX_FILE_NAME_CHARACTERS} are allowed. Rename the file.`,
    );
  }
  if (/[/\\]/.test(fileName)) {
    throw new CallerFault(
      "ValidationException",
      `fileName is ${excerpt(fileName)}, which has a folder in it: give the file's own name.`,
    );
  }
  return fileName;
}
