import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { formatBytes } from "@sluice/model/byte-size.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import { CommandFailed } from "../command-failed.ts";
import { bundleDirectory } from "./bundle-directory.ts";
import { BUNDLE_ENDINGS, type BundleType, bundleTypeOf } from "./bundle-types.ts";

/** What is to be deployed, packed, as it goes into the bucket. */
export interface LocalBundle {
  readonly bytes: Buffer;
  readonly type: BundleType;
  /** Its key in the bucket, within the application's own prefix. The same content gives the same name. */
  readonly name: string;
  /** `12 files, 46.9 KiB` */
  readonly size: string;
}

const HASH_CHARACTERS = 12;

/**
 * Packs a directory, or takes an archive as it is.
 * @throws CommandFailed when it is neither, or cannot be read
 */
export async function localBundle(path: string): Promise<LocalBundle> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    const { bytes, sha256, fileCount } = await bundleDirectory(path);
    const name = `${basename(resolve(path))}-${sha256.slice(0, HASH_CHARACTERS)}.tgz`;
    return { bytes, type: "tgz", name, size: `${fileCount} files, ${formatBytes(bytes.length)}` };
  }
  const kind = bundleTypeOf(path);
  if (kind === undefined) {
    throw new CommandFailed(
      `${path} is not a bundle: name a directory, or a file that ends in ${BUNDLE_ENDINGS.join(", ")}`,
    );
  }
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandFailed(
      cause.code === "ERR_FS_FILE_TOO_LARGE"
        ? `${path} is too large for a single upload: upload it with aws s3 cp, and deploy it with --s3-location s3://BUCKET/KEY`
        : `${path} ${whyUnreadable(cause)}. See its owner and mode: ls -l ${path}`,
      { cause },
    );
  });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const name = `${basename(path).slice(0, -kind.ending.length)}-${sha256.slice(0, HASH_CHARACTERS)}${kind.ending}`;
  return { bytes, type: kind.type, name, size: formatBytes(bytes.length) };
}
