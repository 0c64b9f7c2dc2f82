import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { programAsset, programAssetNames } from "@sluice/wire/program/own-program.ts";

/** What the page is made of, by the paths under which it is served (`/-/assets/index-BdV1xC2a.js`). */
export interface WebFiles {
  /** index.html as it was built; null: the console is not built. */
  readonly page: string | null;
  find(path: string): WebFile | undefined;
}

export interface WebFile {
  readonly contentType: string;
  /** Its name has a hash of its content: it never changes. */
  readonly isImmutable: boolean;
  readonly plain: Buffer;
  /** The same, smaller; absent: the build made none. */
  readonly br?: Buffer | undefined;
  readonly gzip?: Buffer | undefined;
}

const NONE: Promise<WebFiles> = Promise.resolve({ page: null, find: () => undefined });

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};
const HASHED_NAME = /[-.][\w-]{8,}\.\w+$/;

export interface WebDirectory {
  /** Null: the files are in the program itself. */
  readonly path: string | null;
  /** Whether it is looked at again when somebody asks for the page: in development another build may be there. */
  readonly mayChange: boolean;
}

const ASSET_FOLDER = "web/";

/** Where the files are read from. */
interface WebSource {
  /** Relative to index.html's folder, with slashes. */
  readonly paths: readonly string[];
  read(path: string): Promise<Buffer>;
}

/**
 * What is not among the files is not served, so no path leads out of the directory. A server that was built reads them at its start and never
 * again: an upgrade may remove them beneath it, or put there what does not fit it.
 */
export function webFilesIn({ path, mayChange }: WebDirectory): () => Promise<WebFiles> {
  if (path === null) {
    const files = readFiles(webInProgram());
    return () => files;
  }
  let read: { readonly builtAt: string | null; readonly files: Promise<WebFiles> } | undefined;
  const look = async () => {
    // The folder's time as well: a build may still be adding files.
    const builtAt = await Promise.all([stat(join(path, "index.html")), stat(join(path, "assets"))]).then(
      (entries) => entries.map(({ mtimeMs }) => mtimeMs).join(" "),
      () => null,
    );
    if (read?.builtAt !== builtAt) read = { builtAt, files: builtAt === null ? NONE : webOnDisk(path).then(readFiles) };
    return read?.files ?? NONE;
  };
  if (mayChange) return look;
  const files = look();
  // Told to whoever asks for the page.
  files.catch(() => {});
  return () => files;
}

async function webOnDisk(directory: string): Promise<WebSource> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !path.split("/").some((part) => part.startsWith(".")));
  return { paths, read: (path) => readFile(join(directory, path)) };
}

function webInProgram(): WebSource {
  const names = programAssetNames().filter((name) => name.startsWith(ASSET_FOLDER));
  return {
    paths: names.map((name) => name.slice(ASSET_FOLDER.length)),
    read: async (path) => programAsset(ASSET_FOLDER + path) ?? Buffer.alloc(0),
  };
}

async function readFiles({ paths, read }: WebSource): Promise<WebFiles> {
  const names = new Set(paths);
  const files = new Map<string, WebFile>();
  for (const path of paths) {
    const contentType = CONTENT_TYPES[extname(path)];
    // Beside the files of the page there are their small forms, and what the build says of itself.
    if (contentType === undefined || path === "index.html") continue;
    const form = (ending: string) => (names.has(path + ending) ? read(path + ending) : undefined);
    files.set(`/-/${path}`, {
      contentType,
      isImmutable: path.startsWith("assets/") && HASHED_NAME.test(path),
      plain: await read(path),
      br: await form(".br"),
      gzip: await form(".gz"),
    });
  }
  const page = (await read("index.html")).toString("utf8");
  return { page, find: (path) => files.get(path) };
}
