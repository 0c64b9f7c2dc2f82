import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { formatBytes } from "@sluice/model/byte-size.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import { uploadPresigned } from "@sluice/wire/client/object-client.ts";
import { connectionTo } from "@sluice/wire/config/connection.ts";
import type { BundleObject } from "@sluice/wire/sluice/console-api.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { CommandFailed } from "../command-failed.ts";
import { print, printJson } from "../output.ts";
import { allPages, collected } from "../place/all-pages.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { formatS3Location, type S3Members } from "../revision/s3-location.ts";
import { formatAge, formatTable } from "../terminal/printing.ts";

interface ListOptions extends ClientOptions {
  readonly bucket?: string;
  readonly prefix?: string;
}

interface UploadOptions extends ClientOptions {
  readonly application: string;
}

export function define(command: Command): void {
  defineList(command);
  defineUpload(command);
}

function defineList(parent: Command): void {
  const list = parent
    .command("list", { isDefault: true })
    .description("list what can be deployed from the server's own buckets, newest first");
  list
    .option("--bucket <bucket>", "only of this bucket (default: all)")
    .option("--prefix <prefix>", "only keys that begin so, such as web/");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice revisions list --data .sluice/up", "sluice revisions list --prefix web/ --data .sluice/up");
  list.action(async (options: ListOptions) => {
    using connection = connect(options);
    const bundles = await listBundles(connection, options);
    if (options.json) printJson(bundles);
    else
      print(
        bundles.length === 0
          ? "No revisions. Upload one: see sluice revisions upload --help"
          : formatBundles(bundles, new Date()),
      );
  });
}

function defineUpload(parent: Command): void {
  const upload = parent
    .command("upload")
    .description("upload an archive or an AppSpec file to the server's bucket, and print where it is");
  upload
    .argument("<file>", "a .zip, .tgz, .tar.gz or .tar, or an AppSpec of ECS or Lambda (.yml, .yaml, .json)")
    .requiredOption("--application <name>", "the application that it is a revision of");
  addJsonOption(addClientOptions(upload));
  addExamples(
    upload,
    "sluice revisions upload build/web.zip --application web --data .sluice/up",
    'aws deploy create-deployment --application-name web --deployment-group-name demo --s3-location "$(sluice revisions upload build/web.zip --application web)"',
  );
  upload.addHelpText("after", "\nNothing is deployed, and nothing that was uploaded before is replaced.");
  upload.action(async (path: string, options: UploadOptions) => {
    using connection = connect(options);
    const location = await uploaded(connection, path, options.application);
    if (options.json) printJson(location);
    else print(formatS3Location(location));
  });
}

async function listBundles({ sluice }: Connection, { bucket, prefix }: ListOptions): Promise<readonly BundleObject[]> {
  const objects = await collected(
    allPages(
      (nextToken) => sluice.call("ListBundles", { bucket, prefix, nextToken }),
      (page) => page.objects,
    ),
  );
  return objects.sort((one, other) => other.modifiedAt.getTime() - one.modifiedAt.getTime());
}

async function uploaded(connection: Connection, path: string, applicationName: string): Promise<S3Members> {
  const bytes = await contentOf(path);
  const { sluice, server } = connection;
  const { bucket, key, bundleType, url } = await sluice.call("CreateBundleUpload", {
    applicationName,
    fileName: basename(path),
  });
  // By the name by which the server was asked: that is what it signed.
  const { endpoint, tls } = connectionTo(server, "sluice");
  const { eTag, versionId } = await uploadPresigned(`${endpoint.replace(/\/+$/, "")}${url}`, bytes, { tls });
  return {
    bucket,
    key,
    bundleType,
    ...(eTag === undefined ? {} : { eTag }),
    ...(versionId === undefined ? {} : { version: versionId }),
  };
}

async function contentOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const cures: Readonly<Record<string, string>> = {
      EISDIR: "is a directory: sluice deploy packs and uploads one, or pack it into a .zip, .tgz or .tar first",
      ERR_FS_FILE_TOO_LARGE:
        "is too large for a single upload: upload it with aws s3 cp, and deploy it with --s3-location s3://BUCKET/KEY",
    };
    throw new CommandFailed(`${path} ${cures[code ?? ""] ?? whyUnreadable(error)}`, { cause: error });
  }
}

function formatBundles(bundles: readonly BundleObject[], now: Date): string {
  const rows = bundles.map(({ bucket, key, bytes, modifiedAt, versionId }) => [
    formatAge(now.getTime() - modifiedAt.getTime()),
    formatBytes(bytes),
    versionId ?? "-",
    `s3://${bucket}/${key}`,
  ]);
  return formatTable(["UPLOADED", "SIZE", "VERSION", "REVISION"], rows);
}
