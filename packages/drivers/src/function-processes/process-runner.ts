import { spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type {
  EnvironmentStart,
  FunctionLog,
  FunctionPlan,
  FunctionRunner,
  PlanTrouble,
} from "@sluice/engine/ports/function-runner.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type Cgroups, type EnvironmentCgroup, findCgroups, MAX_ENVIRONMENT_PROCESSES } from "./cgroups.ts";
import { codeFolders } from "./code-folders.ts";
import { signalOfExitCode } from "./function-faults.ts";
import { type FoundPython, findPython, runtimeKind } from "./function-programs.ts";
import type { FunctionRules } from "./function-settings.ts";
import { functionVariables } from "./function-variables.ts";
import { createInvocationLog } from "./invocation-log.ts";
import { type Launch, launchAlone, launchInSandbox } from "./launch.ts";
import { readPaced } from "./paced-reading.ts";
import { peerUser } from "./peer-user.ts";
import { childrenOf, endEnvironmentProcesses } from "./process-tree.ts";
import {
  MAX_ENVIRONMENT_FILE_BYTES,
  MAX_ENVIRONMENT_FILES,
  type ResourceLimits,
  withinOwnLimits,
} from "./resource-limits.ts";
import type { FunctionProcessesDependencies } from "./runner-dependencies.ts";
import { type EnvironmentProcesses, RunningEnvironment } from "./running-environment.ts";
import { openRuntimeApi } from "./runtime-api.ts";
import { RUNTIME_SOURCES } from "./runtime-sources.ts";
import {
  createSandbox,
  isVisibleIn,
  LAUNCH_PATH,
  mountTable,
  NODE_PROGRAM,
  RUNTIME_ROOT,
  runProbe,
  type Sandbox,
  TASK_ROOT,
} from "./sandbox.ts";

/** In the driver's folder. */
const RUNTIME = "runtime";
const CODE = "code";
/** Of every sandbox: what is mounted there differs. */
const ROOT = "root";
/** A file for each environment that says what is mounted. */
const MOUNTS = "mounts";
const CERTIFICATE_FILE = "server.pem";
const MAX_LAUNCH_TROUBLE_BYTES = 4_096;

/** What is found out once, before the first function. */
interface Machine {
  readonly cgroups: Cgroups | undefined;
  /** Or why there is none. */
  readonly sandbox: Sandbox | string;
  readonly hasDeathSignal: boolean;
}

export function createProcessRunner(rules: FunctionRules, dependencies: FunctionProcessesDependencies): FunctionRunner {
  const { directory, readCode } = dependencies;
  const runtimeFolder = join(directory, RUNTIME);
  const code = codeFolders(join(directory, CODE), readCode);
  const environments = new Map<string, RunningEnvironment>();
  let found: Promise<Machine> | undefined;
  let python: Promise<FoundPython> | undefined;

  const machine = (): Promise<Machine> => {
    found ??= lookAtMachine(rules, dependencies, runtimeFolder);
    found.catch(() => {
      found = undefined;
    });
    return found;
  };
  const findPythonOnce = (isIsolated: boolean): Promise<FoundPython> => {
    python ??= findPython(rules.python, (path) => !isIsolated || isVisibleIn(path, rules.folders));
    return python;
  };

  const isolationTrouble = async (uid: number | null): Promise<PlanTrouble> => {
    if (rules.isolation === "none" && uid === null) return undefined;
    const accept =
      "or accept functions that are not kept apart, with `isolation: none` in the settings of driver functions";
    if (uid === null) return `the function has no user of its own: give a range in the setting \`uids\`, ${accept}`;
    const { sandbox } = await machine();
    return typeof sandbox === "string"
      ? `functions cannot be isolated here: ${sandbox}; run Sluice as root, ${accept}`
      : undefined;
  };

  const troubleWith = async ({ runtime, uid }: Pick<FunctionPlan, "runtime" | "uid">): Promise<PlanTrouble> => {
    const kind = runtimeKind(runtime);
    if (kind === undefined) {
      return `the runtime ${runtime} does not run here: use nodejs24.x, python3.12 or provided.al2023, for example`;
    }
    const trouble = await isolationTrouble(uid);
    if (trouble !== undefined || kind !== "python") return trouble;
    const program = await findPythonOnce(uid !== null);
    return "trouble" in program ? program.trouble : undefined;
  };

  const commandOf = async (plan: FunctionPlan, taskRoot: string, runtimeRoot: string): Promise<readonly string[]> => {
    const kind = runtimeKind(plan.runtime);
    if (kind === "provided") return [`${taskRoot}/bootstrap`];
    if (kind === "nodejs") {
      const node = plan.uid === null ? process.execPath : NODE_PROGRAM;
      const heap = `--max-old-space-size=${Math.floor(plan.memoryMegabytes * 0.9)}`;
      return [node, heap, `${runtimeRoot}/node-runtime.cjs`];
    }
    const program = await findPythonOnce(plan.uid !== null);
    if ("trouble" in program) throw new Error(program.trouble);
    return [program.path, `${runtimeRoot}/python-runtime.py`];
  };

  const start = async (plan: FunctionPlan, log: FunctionLog, signal: AbortSignal): Promise<EnvironmentStart> => {
    const trouble = await troubleWith(plan);
    if (trouble !== undefined) throw new Error(trouble);
    signal.throwIfAborted();
    const { cgroups, sandbox, hasDeathSignal } = await machine();
    const codeFolder = await code.folderOf(plan.codeSha256, null, signal);
    const { uid } = plan;
    const isIsolated = uid !== null && typeof sandbox !== "string";
    const environmentId = randomUUID().replaceAll("-", "");
    const logStream = logStreamOf(plan, environmentId, new Date());
    const taskRoot = isIsolated ? TASK_ROOT : codeFolder;
    const runtimeRoot = isIsolated ? RUNTIME_ROOT : runtimeFolder;
    const command = await commandOf(plan, taskRoot, runtimeRoot);

    const invocationLog = createInvocationLog(log, Date.now);
    let processes: EnvironmentProcesses;
    const environment = new RunningEnvironment(environmentId, plan, invocationLog, () => processes);
    const owner = uid ?? process.getuid?.();
    const api = await openRuntimeApi(environment, async (socket) => (await peerUser(socket)) === owner);
    let cgroup: EnvironmentCgroup | undefined;
    try {
      cgroup = cgroups?.create(environmentId, plan.memoryMegabytes * 1024 ** 2);
      const endpoint = dependencies.endpoint();
      const hasCertificate = typeof endpoint?.certificate === "string";
      if (hasCertificate) await writeForAll(join(runtimeFolder, CERTIFICATE_FILE), endpoint.certificate!);
      const variables = functionVariables(plan, {
        taskRoot,
        runtimeRoot,
        runtimeApi: api.address,
        logStream,
        region: dependencies.region,
        endpoint: endpoint && {
          url: endpoint.url,
          certificateFile: hasCertificate ? `${runtimeRoot}/${CERTIFICATE_FILE}` : null,
        },
      });
      const launched = { folder: taskRoot, command, variables, cgroupFolders: cgroup?.folders ?? [] };
      const table = join(directory, MOUNTS, environmentId);
      if (isIsolated) {
        const own = {
          code: codeFolder,
          runtime: runtimeFolder,
          temporaryMegabytes: plan.ephemeralStorageMegabytes,
          uid,
        };
        await writeFile(table, mountTable(sandbox, own), { mode: 0o600 });
      }
      const launch: Launch = isIsolated
        ? launchInSandbox(launched, {
            root: sandbox.root,
            table,
            uid,
            limits: limitsOf(rules),
          })
        : launchAlone(launched, hasDeathSignal);

      const [program = "", ...argv] = launch.command;
      const child = spawn(program, argv, {
        env: { PATH: LAUNCH_PATH, ...launch.variables },
        cwd: "/",
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
      let launchTrouble = "";
      child.stderr.on("data", (chunk: Buffer) => {
        if (launchTrouble.length < MAX_LAUNCH_TROUBLE_BYTES) launchTrouble += chunk.toString("utf8");
      });
      readPaced(child.stdout as Readable, invocationLog.take);
      let ending: Promise<void> | undefined;
      processes = {
        memoryBytes: () => cgroup?.memoryBytes() ?? 0,
        peakBytes: () => cgroup?.peakBytes() ?? 0,
        end: () => {
          ending ??= (async () => {
            api.close();
            const { pid } = child;
            if (pid !== undefined) {
              if (isIsolated) for (const each of childrenOf(pid)) killQuietly(each);
              else await endEnvironmentProcesses(pid, logStream);
            }
            await cgroup?.remove();
            if (pid !== undefined) killQuietly(pid);
            child.stdout.destroy();
            await closed;
            await rm(table, { force: true });
            environments.delete(environmentId);
          })();
          return ending;
        },
      };
      const end = processes.end;
      child.once("error", (error) => {
        launchTrouble ||= reasonOf(error);
        environment.onProcessEnd({ exitCode: null, signal: null, wasOutOfMemory: false }, false);
        void end();
      });
      child.once("exit", (exitCode, exitSignal) => {
        const shellSignal = isIsolated ? signalOfExitCode(exitCode) : undefined;
        const wasOutOfMemory = (exitSignal ?? shellSignal) === "SIGKILL" && (cgroup?.outOfMemoryKills() ?? 0) > 0;
        // What it wrote last is in the pipe.
        setImmediate(() => {
          environment.onProcessEnd(
            { exitCode, signal: exitSignal ?? shellSignal ?? null, wasOutOfMemory },
            launchTrouble === "",
          );
          void end();
        });
      });

      environments.set(environmentId, environment);
      const startedAt = performance.now();
      const aborted = () => void environment.end();
      signal.addEventListener("abort", aborted, { once: true });
      const init = await environment.untilReady();
      signal.removeEventListener("abort", aborted);
      if (init.outcome === "ready" && !signal.aborted) {
        return { outcome: "ready", environment, initMilliseconds: performance.now() - startedAt };
      }
      await environment.end();
      signal.throwIfAborted();
      if (init.outcome === "failed") return { outcome: "failed", fault: init.fault, logTail: invocationLog.tail() };
      throw new Error(`the function's process did not start: ${launchTrouble.trim() || "it ended at once"}`);
    } catch (error) {
      api.close();
      await cgroup?.remove();
      throw error;
    }
  };

  return {
    troubleWith,
    start,
    keepOnly: (codeSha256s) => code.keepOnly(codeSha256s),
    close: async () => {
      await Promise.all([...environments.values()].map((environment) => environment.end()));
    },
  };
}

async function lookAtMachine(
  rules: FunctionRules,
  { directory, machine, warn }: FunctionProcessesDependencies,
  runtimeFolder: string,
): Promise<Machine> {
  await rm(join(directory, MOUNTS), { recursive: true, force: true });
  for (const folder of [directory, runtimeFolder, ...[CODE, ROOT, MOUNTS].map((name) => join(directory, name))]) {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
  }
  for (const [name, text] of Object.entries(RUNTIME_SOURCES)) await writeForAll(join(runtimeFolder, name), text);
  const owner = createHash("sha256").update(directory).digest("hex").slice(0, 12);
  const cgroups = machine?.hasCgroups === false ? undefined : findCgroups(owner);
  await cgroups?.removeLeft();
  const hasDeathSignal = (await runProbe(["setpriv", "--pdeathsig", "KILL", "true"])) === undefined;
  let sandbox: Sandbox | string;
  if (process.getuid?.() !== 0 || machine?.maySwitchUsers === false) sandbox = "Sluice may not switch users";
  else {
    sandbox = await createSandbox(join(directory, ROOT), { node: process.execPath, folders: rules.folders }).catch(
      (error: unknown) => `its folders could not be made (${reasonOf(error)})`,
    );
    if (typeof sandbox !== "string")
      sandbox = (await sandboxTrouble(sandbox, runtimeFolder, join(directory, MOUNTS, "probe"), rules)) ?? sandbox;
  }
  if (cgroups === undefined) {
    warn(
      "There are no control groups that Sluice may make on this machine: the memory of functions is watched instead, some times a second.",
    );
  }
  return { cgroups, sandbox, hasDeathSignal };
}

/** All environments of a function have the same user. */
function limitsOf({ concurrency }: FunctionRules): ResourceLimits {
  return withinOwnLimits({
    files: MAX_ENVIRONMENT_FILES,
    processes: MAX_ENVIRONMENT_PROCESSES * concurrency,
    fileBytes: MAX_ENVIRONMENT_FILE_BYTES,
  });
}

/** Whether what is needed is there, and allowed, is known by doing it. */
async function sandboxTrouble(
  sandbox: Sandbox,
  runtimeFolder: string,
  table: string,
  rules: FunctionRules,
): Promise<string | undefined> {
  const { command } = launchInSandbox(
    { folder: TASK_ROOT, command: ["/bin/sh", "-c", "exit 0"], variables: {}, cgroupFolders: [] },
    { root: sandbox.root, table, uid: rules.uids.first, limits: limitsOf(rules) },
  );
  await writeFile(
    table,
    mountTable(sandbox, { code: runtimeFolder, runtime: runtimeFolder, temporaryMegabytes: 1, uid: rules.uids.first }),
  );
  const trouble = await runProbe(command);
  await rm(table);
  return trouble && `a process with mounts and a process table of its own does not start (${trouble})`;
}

async function writeForAll(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o644 });
  await chmod(path, 0o644);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** As Lambda names them: `2026/11/29/[$LATEST]0f3c…`. */
function logStreamOf({ version }: FunctionPlan, environmentId: string, now: Date): string {
  return `${now.toISOString().slice(0, 10).replaceAll("-", "/")}/[${version}]${environmentId}`;
}
