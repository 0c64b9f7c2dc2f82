import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join, relative, resolve } from "node:path";
import { formatBytes } from "@sluice/model/byte-size.ts";
import { build, type Metafile, type OutputFile, type Plugin } from "esbuild";
import { BUILT_MODULES, SDK_MODULES } from "../packages/drivers/src/function-processes/sdk-modules.ts";
import { buildWeb } from "./build-web.ts";

/**
 * Bundles each program into one file in dist/, for bin/sluice to choose from. A program reads nothing of the installation after its start,
 * so that an upgrade may remove it all beneath a running server or agent: what the source imports lazily is in the same file, and is only
 * evaluated later. CommonJS, since an ES module's import of a module of Node's copies every export, and so loads what is behind the lazy
 * ones (13 MB in an agent).
 */
interface Program {
  readonly entryPoint: string;
  /** Packages whose code is left out: bin/sluice runs another program for the verbs that load it. */
  readonly without: readonly string[];
}

/** Files of the command line that load what `sluice.cjs` leaves out: those of the verbs for which bin/sluice runs another program. */
const OF_OTHER_PROGRAMS =
  /^packages\/cli\/src\/(verbs\/(agent|local|server|restore)|(adopt|agent-service|up)\/[a-z-]+|doctor\/(agent|host)-checks)\.ts$/;

/** `build.ts [DIRECTORY]` */
const OUTPUT_DIRECTORY = process.argv[2] ?? "dist";
/** What is in the programs, and in the console: sources by their paths, a line each. A release says it (scripts/release/bill-of-materials.ts). */
const SOURCES_FILE = "sources.txt";
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const OLD_OUTPUT_DAYS = 7;
const PROGRAMS: Readonly<Record<string, Program>> = {
  agent: { entryPoint: "packages/cli/src/main-agent.ts", without: ["server", "drivers", "bucket", "engine"] },
  server: { entryPoint: "packages/cli/src/main.ts", without: [] },
  "single-file": {
    entryPoint: "packages/cli/src/main-single-file.ts",
    without: ["server", "drivers", "bucket", "engine", "agent"],
  },
  sluice: { entryPoint: "packages/cli/src/main.ts", without: ["server", "drivers", "bucket", "engine", "agent"] },
};

/** Loading what a program leaves out fails with a message, instead of looking for a file that is not there. */
function leaveOut(packages: readonly string[]): Plugin {
  return {
    name: "leave-out",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^@sluice\// }, ({ path, kind, importer }) => {
        const name = path.split("/")[1] ?? "";
        if (kind !== "dynamic-import" || !packages.includes(name)) return undefined;
        const file = relative(process.cwd(), importer);
        if (!OF_OTHER_PROGRAMS.test(file)) {
          return { errors: [{ text: `${file} loads ${path}, which the programs that run it leave out` }] };
        }
        return { path, namespace: "left-out" };
      });
      onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
        contents: `throw new Error("this program has no ${path}: start it by bin/sluice");`,
      }));
    },
  };
}

/** A file that reads texts of the installation as it is loaded gets the texts themselves: a program reads nothing of it once it runs. */
const READS_TEXTS =
  /\/(function-processes\/runtime-sources|supervision\/supervise-text|agent-programs\/join-script-text)\.ts$/;

/** Puts what such a file exports in its place. */
function putTextsIn(): Plugin {
  return {
    name: "put-texts-in",
    setup({ onLoad }) {
      onLoad({ filter: READS_TEXTS }, async ({ path }) => {
        const texts: Record<string, unknown> = await import(path);
        const lines = Object.entries(texts).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
        return { contents: lines.join("\n"), loader: "js" };
      });
    },
  };
}

function bundle(name: string, { entryPoint, without }: Program) {
  return build({
    entryPoints: { [name]: entryPoint },
    outdir: OUTPUT_DIRECTORY,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node24",
    // The text is held for as long as the program runs.
    minifyWhitespace: true,
    define: { "import.meta.dirname": "__dirname" },
    plugins: [leaveOut(without), putTextsIn()],
    legalComments: "linked",
    sourcemap: false,
    metafile: true,
    external: ["pg-native"],
    logLevel: "warning",
    write: false,
  });
}

/**
 * What a function in JavaScript finds of AWS's SDK, a file for each module, beside the programs. From their ES modules: Node sees the names that
 * such a bundle exports.
 */
async function bundleFunctionModules(sources: Set<string>): Promise<readonly string[]> {
  const folder = join(OUTPUT_DIRECTORY, BUILT_MODULES);
  for (const name of SDK_MODULES) {
    const { metafile, outputFiles } = await build({
      stdin: { contents: `export * from ${JSON.stringify(name)};`, resolveDir: process.cwd() },
      outfile: join(folder, name, "index.js"),
      bundle: true,
      format: "cjs",
      platform: "node",
      target: "node22",
      mainFields: ["module", "main"],
      minifyWhitespace: true,
      legalComments: "eof",
      metafile: true,
      logLevel: "warning",
      write: false,
    });
    addSources(sources, metafile);
    await mkdir(join(folder, name), { recursive: true });
    for (const file of outputFiles) await writeWhole(file);
    const { version } = JSON.parse(await readFile(join("node_modules", name, "package.json"), "utf8"));
    const contents = Buffer.from(JSON.stringify({ name, version, main: "index.js" }));
    await writeWhole({ path: join(folder, name, "package.json"), contents });
  }
  return [folder];
}

/** A static import in the wrong place doubles the agent. */
function checkLeftOut(name: string, { without }: Program, metafile: Metafile): void {
  const intruders = Object.keys(metafile.inputs).filter((input) =>
    without.some((each) => input.startsWith(`packages/${each}/`)),
  );
  if (intruders.length > 0) throw new Error(`dist/${name}.cjs holds code that it must not: ${intruders.join(", ")}`);
}

/** One file each: whatever else it loads must be Node's own. */
function checkIsWhole(name: string, metafile: Metafile): void {
  for (const output of Object.values(metafile.outputs)) {
    const outside = output.imports.filter(({ path }) => !isBuiltin(path) && path !== "pg-native");
    if (outside.length > 0) {
      throw new Error(`dist/${name}.cjs loads files when it runs: ${outside.map(({ path }) => path).join(", ")}`);
    }
  }
}

/**
 * What an earlier build left stays for a while: the programs of version 0.1.0 load some of their files only when they need them.
 */
async function removeOldOutputs(outputs: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(OUTPUT_DIRECTORY)) {
    const path = join(OUTPUT_DIRECTORY, name);
    if (outputs.has(resolve(path))) continue;
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > OLD_OUTPUT_DAYS * DAY_MILLISECONDS) await rm(path, { recursive: true, force: true });
  }
}

/** Old content or new, never half of it: a program may start meanwhile. */
async function writeWhole({ path, contents }: Pick<OutputFile, "path" | "contents">): Promise<void> {
  await writeFile(`${path}.new`, contents);
  await rename(`${path}.new`, path);
}

/** What has come into an output, and not all that was looked at. */
function addSources(sources: Set<string>, { outputs }: Metafile): void {
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) if (bytesInOutput > 0) sources.add(path);
  }
}

await mkdir(OUTPUT_DIRECTORY, { recursive: true });
const outputs = new Set<string>();
const sources = new Set<string>();
for (const [name, program] of Object.entries(PROGRAMS)) {
  const { metafile, outputFiles } = await bundle(name, program);
  checkLeftOut(name, program, metafile);
  checkIsWhole(name, metafile);
  addSources(sources, metafile);
  for (const file of outputFiles) await writeWhole(file);
  for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
    outputs.add(resolve(path));
    if (path.endsWith(".cjs")) console.log(`${path}: ${formatBytes(bytes)}`);
  }
}
for (const path of await bundleFunctionModules(sources)) outputs.add(resolve(path));
const web = join(OUTPUT_DIRECTORY, "web");
for (const path of await buildWeb(web)) sources.add(path);
outputs.add(resolve(web));
const sourcesFile = join(OUTPUT_DIRECTORY, SOURCES_FILE);
await writeWhole({ path: sourcesFile, contents: Buffer.from(`${[...sources].sort().join("\n")}\n`) });
outputs.add(resolve(sourcesFile));
await removeOldOutputs(outputs);
