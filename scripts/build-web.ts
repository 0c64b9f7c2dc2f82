import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "vite";

/** What the build leaves for the server: `index.html` and `assets/`, each asset with its `.gz` and `.br` beside it. */
const WEB = "packages/web";
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** A page that was loaded before an upgrade still finds its own chunks for so long. */
const OLD_ASSET_DAYS = 7;
/** Below it a compressed copy saves nothing. */
const MIN_COMPRESSED_BYTES = 1024;

interface ManifestChunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

const pressGzip = promisify(gzip);
const pressBrotli = promisify(brotliCompress);

/**
 * Builds the console into `directory`. Assets have their hash in their name, and are there before the page that names them, so that a
 * server may answer meanwhile.
 * @returns the sources that are in it, by their paths from here
 */
export async function buildWeb(directory: string): Promise<readonly string[]> {
  // One of a shell's own would put React's development build into it, with the paths of this machine.
  process.env.NODE_ENV = "production";
  // Two builds at once do not meet.
  const fresh = resolve(`${directory}.${process.pid}.new`);
  await rm(fresh, { recursive: true, force: true });
  const built = await build({
    configFile: join(WEB, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: fresh, emptyOutDir: true },
  });
  const manifest: Record<string, ManifestChunk> = JSON.parse(
    await readFile(join(fresh, ".vite/manifest.json"), "utf8"),
  );
  const assets = await compress(join(fresh, "assets"));
  await moveAssets(join(fresh, "assets"), join(directory, "assets"));
  await rename(join(fresh, "index.html"), join(directory, "index.html"));
  await rm(fresh, { recursive: true, force: true });
  await removeOldAssets(join(directory, "assets"));
  const first = firstLoad(manifest).map((file) => assets.get(file.replace(/^assets\//, "")) ?? 0);
  console.log(`${directory}: ${kibibytes(sum(first))} of JavaScript and styles at the first load, gzipped`);
  return sourcesOf(built);
}

/** Styles count, though nothing of them is left in a chunk; a module may have no file. */
function sourcesOf(built: Awaited<ReturnType<typeof build>>): string[] {
  const outputs = [built].flat().flatMap((each) => ("output" in each ? each.output : []));
  const modules = outputs.flatMap((output) => (output.type === "chunk" ? Object.entries(output.modules) : []));
  return modules
    .filter(([id, { renderedLength }]) => isAbsolute(id) && (renderedLength > 0 || id.endsWith(".css")))
    .map(([id]) => relative(process.cwd(), id.replace(/\?.*$/, "")));
}

/** Writes `.gz` and `.br` beside each file. To each file its gzipped bytes. */
async function compress(folder: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const content = await readFile(path);
    const gzipped = await pressGzip(content, { level: 9 });
    sizes.set(name, gzipped.length);
    if (content.length < MIN_COMPRESSED_BYTES) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    await writeFile(`${path}.gz`, gzipped);
    await writeFile(`${path}.br`, await pressBrotli(content, { params }));
  }
  return sizes;
}

/** One rename each. An asset that is there already has the same content: its age begins anew. */
async function moveAssets(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const now = new Date();
  for (const name of await readdir(from)) {
    await utimes(join(from, name), now, now);
    await rename(join(from, name), join(to, name));
  }
}

async function removeOldAssets(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const { mtimeMs } = await stat(join(folder, name));
    if (Date.now() - mtimeMs > OLD_ASSET_DAYS * DAY_MILLISECONDS) await rm(join(folder, name), { force: true });
  }
}

/** The entry with all that it imports statically, and their styles. */
function firstLoad(manifest: Readonly<Record<string, ManifestChunk>>): readonly string[] {
  const files = new Set<string>();
  const visit = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined || files.has(chunk.file)) return;
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const each of chunk.imports ?? []) visit(each);
  };
  for (const [name, chunk] of Object.entries(manifest)) if (chunk.isEntry) visit(name);
  return [...files];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function kibibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`;
}

if (import.meta.main) await buildWeb(process.argv[2] ?? "dist/web");
