import { readdir, rm, stat } from "node:fs/promises";
import { build, type Metafile } from "esbuild";

/**
 * Bundles packages/cli/src/main.ts and everything that it loads into dist/. What is imported lazily stays a chunk of its own: an
 * idle agent then holds the agent's code and nothing of the server's.
 */
const outputDirectory = "dist";
const entryPoint = "packages/cli/src/main.ts";
const agentEntry = "packages/agent/src/run-agent.ts";

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const OLD_OUTPUT_DAYS = 7;

// Packages written as CommonJS call `require` for Node's own modules; an ES module has none unless it is made.
const banner = [
  'import { createRequire as sluiceCreateRequire } from "node:module";',
  "const require = sluiceCreateRequire(import.meta.url);",
].join("");

/** The outputs that `from` loads at once: itself and its static imports, followed. */
function loadedWith(metafile: Metafile, from: string): Set<string> {
  const seen = new Set<string>();
  const queue = [from];
  for (let output = queue.pop(); output !== undefined; output = queue.pop()) {
    if (seen.has(output)) continue;
    seen.add(output);
    for (const imported of metafile.outputs[output]?.imports ?? []) {
      if (!imported.external && imported.kind === "import-statement") queue.push(imported.path);
    }
  }
  return seen;
}

function inputsOf(metafile: Metafile, outputs: Iterable<string>): string[] {
  return [...outputs].flatMap((output) => Object.keys(metafile.outputs[output]?.inputs ?? {}));
}

/** The agent runs on every host: what it loads is checked, because one static import in the wrong place doubles its memory. */
function checkAgentIsSeparate(metafile: Metafile): void {
  const agentOutput = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === agentEntry)?.[0];
  if (agentOutput === undefined)
    throw new Error(`${agentEntry} is not a chunk of its own: import it with await import().`);
  const intruders = inputsOf(metafile, loadedWith(metafile, agentOutput)).filter((input) =>
    /^packages\/(server|drivers|engine)\//.test(input),
  );
  if (intruders.length > 0)
    throw new Error(`the agent's chunks hold code that is not its own: ${intruders.join(", ")}`);
}

/** Chunks of an earlier build stay for a while: servers and agents that run from it load some of theirs only when they need them. */
async function removeOldOutputs(metafile: Metafile): Promise<void> {
  for (const name of await readdir(outputDirectory)) {
    const path = `${outputDirectory}/${name}`;
    if (path in metafile.outputs) continue;
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > OLD_OUTPUT_DAYS * DAY_MILLISECONDS) await rm(path, { recursive: true, force: true });
  }
}

function checkStartIsSmall(metafile: Metafile): void {
  const eager = inputsOf(metafile, loadedWith(metafile, `${outputDirectory}/sluice.js`)).filter((input) =>
    /^packages\/(server|agent|drivers|engine)\//.test(input),
  );
  if (eager.length > 0) throw new Error(`sluice.js loads these before it knows the verb: ${eager.join(", ")}`);
}

const { metafile } = await build({
  entryPoints: { sluice: entryPoint },
  outdir: outputDirectory,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  banner: { js: banner },
  chunkNames: "[name]-[hash]",
  legalComments: "linked",
  sourcemap: false,
  metafile: true,
  external: ["pg-native"],
  logLevel: "warning",
});
checkStartIsSmall(metafile);
checkAgentIsSeparate(metafile);
await removeOldOutputs(metafile);
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`dist/: ${Object.keys(metafile.outputs).length} files, ${(bytes / 1024 / 1024).toFixed(1)} MiB`);
