import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { LocalCase, Step } from "./local-mode-cases.fixture.ts";
import { DIFFERENCES } from "./local-mode-differences.fixture.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const RUNNER = join(import.meta.dirname, "reference-local.rb");
/** Only ends what hangs. */
const HANGS_AFTER_MILLISECONDS = 120_000;
const DEPLOYMENT_ID = /d-[A-Z0-9]{9}-local/g;
const DEFAULT_GROUP = "default-local-deployment-group";

export type Side = "ours" | "reference";

/** What a side has left, as lines by name: `dest conf/site.conf: mode` to `0644`. Deployments are called d-1, d-2, … in their order. */
type Traces = ReadonlyMap<string, string>;

export interface Compared {
  /** `NAME: ours A, reference B` */
  readonly lines: readonly string[];
  readonly explainedBy: ReadonlySet<string>;
  readonly unexplained: readonly string[];
  readonly compared: number;
}

/** Why the two cannot be run here; undefined where they can. */
export function whyNoReference(): string | undefined {
  const directory = process.env.SLUICE_REFERENCE_AGENT;
  if (!directory) return "SLUICE_REFERENCE_AGENT names no directory with the AWS agent's source";
  if (!existsSync(join(directory, "lib/aws/codedeploy/local/deployer.rb")))
    return `${directory} has no local mode of the AWS agent's`;
  if (process.geteuid?.() !== 0) return "only root can give each run a mount namespace of its own";
  return undefined;
}

/** Runs a case by both, each in `base/SIDE`, which it sees as `world`. */
export async function runSideBySide(localCase: LocalCase, base: string, world: string): Promise<Compared> {
  const [ours, reference] = await Promise.all(
    (["ours", "reference"] as const).map((side) => runSide(side, localCase, join(base, side), world)),
  );
  return compare(ours!, reference!, new Set(localCase.differs));
}

async function runSide(side: Side, localCase: LocalCase, home: string, world: string): Promise<Traces> {
  for (const name of ["dest", "out", "bin", "root"]) mkdirSync(join(home, name), { recursive: true });
  writeFileSync(join(home, "agent.yml"), configuration(localCase, world));
  writeFileSync(
    join(home, "passwd"),
    `${readFileSync("/etc/passwd", "utf8")}deploy:x:4321:4321::/home/deploy:/bin/sh\n`,
  );
  writeFileSync(join(home, "shadow"), `${readFileSync("/etc/shadow", "utf8")}deploy:*:19000:0:99999:7:::\n`, {
    mode: 0o600,
  });
  writeFileSync(join(home, "group"), `${readFileSync("/etc/group", "utf8")}deploy:x:4321:\n`);
  const traces = new Map<string, string>();
  const ids: string[] = [];
  for (const [index, step] of localCase.steps.entries()) {
    const revision = writeRevision(home, index, step, world);
    const { status, output } = await run(side, localCase, step, { home, world, revision });
    traces.set(`step ${index + 1}: status`, String(status));
    writeFileSync(join(home, `output-${index + 1}`), output);
    for (const id of deploymentsIn(home)) if (!ids.includes(id)) ids.push(id);
    traces.set(
      `step ${index + 1}: deployments kept`,
      deploymentsIn(home)
        .map((id) => `d-${ids.indexOf(id) + 1}`)
        .sort()
        .join(" "),
    );
    noteInstructions(home, index + 1, traces);
  }
  noteTree(join(home, "dest"), "dest", traces);
  noteLogs(home, ids, traces);
  noteEnvironments(home, traces);
  for (const id of deploymentsIn(home)) noteArchive(home, id, traces);
  return renamed(traces, ids);
}

function configuration({ configuration: more = "" }: LocalCase, world: string): string {
  const settings = { log_dir: "log", pid_dir: "pid", root_dir: "root", on_premises_config_file: "none" };
  const lines = Object.entries(settings).map(([name, value]) => `:${name}: '${world}/${value}'\n`);
  return `---\n${lines.join("")}:program_name: codedeploy-agent\n:verbose: false\n${more}`;
}

/** @returns the directory or file, as the world has it */
function writeRevision(home: string, index: number, step: Step, world: string): string {
  const name = `revision-${index + 1}`;
  const directory = join(home, name);
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(step.files)) {
    const path = join(directory, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text.replaceAll("@W", world), { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
  if (step.inRevision) shell(step.inRevision, directory);
  if (step.inWorld) shell(step.inWorld.replaceAll("@W", home), home);
  if (step.pack === undefined) return join(world, name);
  const file = `${name}.${step.pack}`;
  const packing = { zip: `zip -qry ../${file} .`, tar: `tar -cf ../${file} .`, tgz: `tar -czf ../${file} *` };
  shell(packing[step.pack], directory);
  return join(world, file);
}

function shell(script: string, cwd: string): void {
  execFileSync("sh", ["-ec", `umask 022\n${script}`], { cwd, stdio: ["ignore", "ignore", "inherit"] });
}

interface Place {
  readonly home: string;
  readonly world: string;
  readonly revision: string;
}

function run(side: Side, { environment }: LocalCase, step: Step, { home, world, revision }: Place) {
  const options = {
    "bundle-location": revision,
    type: step.pack ?? "directory",
    "deployment-group": DEFAULT_GROUP,
    ...step.options,
  };
  const command = side === "ours" ? ourCommand(options, world) : referenceCommand(options, world);
  const inNamespace =
    'umask 022; mount --bind "$1" "$2" && mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && mount --bind "$1/shadow" /etc/shadow && cd / && shift 2 && exec "$@"';
  const argv = ["--mount", "--propagation", "private", "sh", "-c", inNamespace, "sh", home, world, ...command];
  const env = {
    PATH: `${world}/bin:${process.env.PATH}`,
    HOME: "/root",
    USER: "root",
    LOGNAME: "root",
    SHELL: "/bin/sh",
    LANG: "C.UTF-8",
    ...environment,
  };
  return new Promise<{ readonly status: number; readonly output: string }>((done) => {
    execFile(
      "unshare",
      argv,
      { env, timeout: HANGS_AFTER_MILLISECONDS, killSignal: "SIGKILL", encoding: "utf8" },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        done({ status, output: `${stdout}${stderr}` });
      },
    );
  });
}

function ourCommand(options: Readonly<Record<string, string>>, world: string): readonly string[] {
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return [join(ROOT, "bin/sluice"), "local", ...words, "--agent-configuration-file", join(world, "agent.yml")];
}

function referenceCommand(options: Readonly<Record<string, string>>, world: string): readonly string[] {
  const given = { "file-exists-behavior": "DISALLOW", ...options };
  const argumentsOf = Object.fromEntries(Object.entries(given).map(([name, value]) => [`--${name}`, value]));
  return [
    "ruby",
    RUNNER,
    process.env.SLUICE_REFERENCE_AGENT ?? "",
    join(world, "agent.yml"),
    JSON.stringify(argumentsOf),
  ];
}

function groupsIn(home: string): readonly string[] {
  return readdirSync(join(home, "root")).filter(
    (name) => !/^(deployment-|ongoing-|bundles$|\.|agent\.sock)/.test(name),
  );
}

function deploymentsIn(home: string): readonly string[] {
  return groupsIn(home).flatMap((group) =>
    readdirSync(join(home, "root", group)).filter((name) => /^d-\w+-local$/.test(name)),
  );
}

/** Pointers as they are; of the list of what to remove, and of what was done, the order among siblings is the file system's. */
function noteInstructions(home: string, step: number, traces: Map<string, string>): void {
  const directory = join(home, "root", "deployment-instructions");
  for (const name of existsSync(directory) ? readdirSync(directory) : []) {
    // What a revision of ours has replaced.
    if (lstatSync(join(directory, name)).isDirectory()) continue;
    const text = readFileSync(join(directory, name), "utf8");
    const label = `step ${step}: ${name}`;
    if (name.endsWith("-install.json")) {
      const { instructions } = JSON.parse(text) as { readonly instructions: readonly object[] };
      for (const [index, one] of instructions.map(sortedJson).sort().entries()) traces.set(`${label} ${index}`, one);
    } else traces.set(label, name.endsWith("-cleanup") ? text.split("\n").sort().join(" ") : text);
  }
}

function sortedJson(value: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([one], [other]) => one.localeCompare(other))));
}

function noteTree(directory: string, label: string, traces: Map<string, string>): void {
  if (!existsSync(directory)) return;
  const lists = accessLists(directory);
  const walk = (path: string): void => {
    const stats = lstatSync(path);
    const name = `${label} ${path.slice(directory.length + 1) || "."}`;
    const kind = stats.isDirectory()
      ? "directory"
      : stats.isSymbolicLink()
        ? `link to ${readlinkSync(path)}`
        : stats.isFile()
          ? "file"
          : "other";
    traces.set(`${name}: kind`, kind);
    traces.set(`${name}: owner`, `${stats.uid}:${stats.gid}`);
    if (!stats.isSymbolicLink()) traces.set(`${name}: mode`, (stats.mode & 0o7777).toString(8));
    if (stats.isFile())
      traces.set(`${name}: content`, createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 12));
    const list = lists.get(path);
    if (list !== undefined) traces.set(`${name}: access list`, list);
    if (stats.isDirectory()) for (const child of readdirSync(path)) walk(join(path, child));
  };
  walk(directory);
}

function accessLists(directory: string): ReadonlyMap<string, string> {
  const text = execFileSync(
    "getfacl",
    ["--recursive", "--physical", "--skip-base", "--numeric", "--absolute-names", directory],
    { encoding: "utf8" },
  );
  const blocks = text.split("\n\n").filter((block) => block.startsWith("# file: "));
  return new Map(
    blocks.map((block) => {
      const [head = "", ...lines] = block.split("\n");
      const entries = lines.filter((line) => !line.startsWith("#")).map((line) => line.replace(/\s+#effective.*/, ""));
      return [
        head
          .slice("# file: ".length)
          .replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
        entries.sort().join(" "),
      ];
    }),
  );
}

/** What both agents log of scripts, without the times; stdout and stderr come in any order. */
function noteLogs(home: string, ids: readonly string[], traces: Map<string, string>): void {
  for (const group of groupsIn(home)) {
    for (const id of ids) {
      const file = join(home, "root", group, id, "logs", "scripts.log");
      if (!existsSync(file)) continue;
      const lines = readFileSync(file, "latin1")
        .split("\n")
        .map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, ""));
      traces.set(
        `log of ${id}`,
        lines
          .filter((line) => line !== "")
          .sort()
          .join(" | "),
      );
    }
  }
}

function noteEnvironments(home: string, traces: Map<string, string>): void {
  for (const file of readdirSync(join(home, "out"))) {
    for (const line of readFileSync(join(home, "out", file), "utf8")
      .trimEnd()
      .split("\n")) {
      const at = line.indexOf("=");
      traces.set(`environment ${file} ${line.slice(0, at)}`, line.slice(at + 1));
    }
  }
}

function noteArchive(home: string, id: string, traces: Map<string, string>): void {
  for (const group of groupsIn(home)) {
    const directory = join(home, "root", group, id, "deployment-archive");
    noteTree(directory, `archive ${id}`, traces);
  }
}

function renamed(traces: Traces, ids: readonly string[]): Traces {
  const short = (text: string) => text.replaceAll(DEPLOYMENT_ID, (id) => `d-${ids.indexOf(id) + 1}`);
  return new Map([...traces].map(([name, value]) => [short(name), short(value)]));
}

function compare(ours: Traces, reference: Traces, expected: ReadonlySet<string>): Compared {
  const names = [...new Set([...ours.keys(), ...reference.keys()])].sort();
  const lines = names
    .filter((name) => ours.get(name) !== reference.get(name))
    .map((name) => `${name}: ours ${cut(ours.get(name))}, reference ${cut(reference.get(name))}`);
  const known = DIFFERENCES.filter(({ id }) => expected.has(id));
  const explainedBy = new Set(
    known.filter(({ explains }) => lines.some((line) => explains.test(line))).map(({ id }) => id),
  );
  return {
    lines,
    explainedBy,
    unexplained: lines.filter((line) => !known.some(({ explains }) => explains.test(line))),
    compared: names.length,
  };
}

const MAX_SHOWN_CHARACTERS = 300;

function cut(value: string | undefined): string {
  return value === undefined
    ? "(nothing)"
    : value.length > MAX_SHOWN_CHARACTERS
      ? `${value.slice(0, MAX_SHOWN_CHARACTERS)}…`
      : value;
}
