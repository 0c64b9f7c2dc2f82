import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { access, constants, rm } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import type {
  EnvironmentStart,
  FunctionLog,
  FunctionPlan,
  FunctionRunner,
  PlanTrouble,
} from "@sluice/engine/ports/function-runner.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { EnvironmentCgroup } from "./cgroups.ts";
import { codeFolders } from "./code-folders.ts";
import { startProcesses } from "./environment-process.ts";
import { type FoundPython, findPython, runtimeKind } from "./function-programs.ts";
import type { FunctionRules } from "./function-settings.ts";
import { functionVariables, logStreamOf } from "./function-variables.ts";
import { createInvocationLog } from "./invocation-log.ts";
import { launchAlone, launchInSandbox } from "./launch.ts";
import { foldersIn, lookAtMachine, type Machine, removeLeft, writeForAll } from "./machine.ts";
import { nodeRun, ownNodeProgram } from "./node-program.ts";
import { peerUser } from "./peer-user.ts";
import type { FunctionProcessesDependencies } from "./runner-dependencies.ts";
import { type EnvironmentProcesses, RunningEnvironment } from "./running-environment.ts";
import { openRuntimeApi } from "./runtime-api.ts";
import { serveRuntimeChannel } from "./runtime-channel.ts";
import { isVisibleIn, mountTable, NODE_PROGRAM, RUNTIME_ROOT, TASK_ROOT } from "./sandbox.ts";

const CERTIFICATE_FILE = "server-certificate.pem";
/** That, with the authorities that everybody trusts: Python's SDK trusts nobody else than it is told. */
const AUTHORITIES_FILE = "certificate-authorities.pem";
/** Of its memory, for JavaScript's objects: the rest is for Node itself. */
const HEAP_SHARE = 0.9;
const ACCEPT =
  "or accept functions that are not kept apart, with `isolation: none` in the settings of the driver functions";

export function createProcessRunner(rules: FunctionRules, dependencies: FunctionProcessesDependencies): FunctionRunner {
  const folders = foldersIn(dependencies.directory);
  const { node = ownNodeProgram() } = dependencies;
  const code = codeFolders(folders.code, dependencies.readCode);
  const environments = new Set<RunningEnvironment>();
  const left = removeLeft(dependencies.directory).catch((error: unknown) =>
    dependencies.warn(`what functions of a former server left is not removed: ${reasonOf(error)}`),
  );
  let machine: Promise<Machine> | undefined;
  let python: Promise<FoundPython> | undefined;

  const findMachine = (): Promise<Machine> => {
    machine ??= left
      .then(() => lookAtMachine(rules, dependencies))
      .catch((error: unknown) => {
        machine = undefined;
        throw error;
      });
    return machine;
  };
  /** One that is missing may be installed: it is looked for again. */
  const findPythonOnce = async (): Promise<FoundPython> => {
    const isIsolated = rules.isolation === "required";
    python ??= findPython(rules.python, (path) => !isIsolated || isVisibleIn(path, rules.folders));
    const found = await python;
    if ("trouble" in found) python = undefined;
    return found;
  };

  const isolationTrouble = async (uid: number | null): Promise<PlanTrouble> => {
    if (rules.isolation === "none") return undefined;
    if (uid === null) {
      return `the function has no user of its own: widen the setting \`uids\` and restart the server, which gives it one, ${ACCEPT}`;
    }
    const { sandbox } = await findMachine();
    if (typeof sandbox !== "string") return undefined;
    return `functions cannot be isolated here, since ${sandbox}: run Sluice as root, in a container with --cap-add SYS_ADMIN, ${ACCEPT}`;
  };

  const troubleWith: FunctionRunner["troubleWith"] = async ({ runtime, uid }) => {
    const kind = runtimeKind(runtime);
    if (kind === undefined) {
      return `the runtime ${runtime} does not run here: use nodejs24.x, python3.12 or provided.al2023, for example`;
    }
    const trouble = await isolationTrouble(uid);
    if (trouble !== undefined || kind !== "python") return trouble;
    const program = await findPythonOnce();
    return "trouble" in program ? program.trouble : undefined;
  };

  const commandOf = async (plan: FunctionPlan, places: Places): Promise<readonly string[]> => {
    const kind = runtimeKind(plan.runtime);
    if (kind === "provided") return [`${places.taskRoot}/bootstrap`];
    if (kind === "nodejs") {
      const heap = `--max-old-space-size=${Math.floor(plan.memoryMegabytes * HEAP_SHARE)}`;
      return nodeRun(node, places.node, heap, `${places.runtimeRoot}/node-runtime.cjs`, plan.variables);
    }
    const program = await findPythonOnce();
    if ("trouble" in program) throw new Error(program.trouble);
    return [program.path, `${places.runtimeRoot}/python-runtime.py`];
  };

  let written: string | undefined;
  /** Where the function's SDK calls, with files that say whom to trust there. */
  const endpointOf = async (runtimeRoot: string) => {
    const endpoint = dependencies.endpoint();
    if (endpoint === undefined) return undefined;
    const { url, certificate } = endpoint;
    if (certificate === null) return { url, trust: null };
    if (certificate !== written) {
      const own = `${certificate.trim()}\n`;
      await writeForAll(join(folders.runtime, CERTIFICATE_FILE), own);
      await writeForAll(join(folders.runtime, AUTHORITIES_FILE), `${own}${rootCertificates.join("\n")}\n`);
      written = certificate;
    }
    const [certificateFile, bundleFile] = [`${runtimeRoot}/${CERTIFICATE_FILE}`, `${runtimeRoot}/${AUTHORITIES_FILE}`];
    return { url, trust: { certificateFile, bundleFile } };
  };

  const start = async (plan: FunctionPlan, log: FunctionLog, signal: AbortSignal): Promise<EnvironmentStart> => {
    const refusal = await troubleWith(plan);
    if (refusal !== undefined) throw new Error(refusal);
    const { cgroups, sandbox, limits, hasDeathSignal } = await findMachine();
    signal.throwIfAborted();
    const codeFolder = await code.folderOf(plan.codeSha256, signal);
    if (runtimeKind(plan.runtime) === "provided" && !(await isProgram(join(codeFolder, "bootstrap"))))
      return NO_BOOTSTRAP;
    // One that was created where functions have users has one still, and it means nothing here.
    const uid = rules.isolation === "none" ? null : plan.uid;
    const isIsolated = uid !== null && typeof sandbox !== "string";
    const places: Places = isIsolated
      ? { taskRoot: TASK_ROOT, runtimeRoot: RUNTIME_ROOT, node: NODE_PROGRAM }
      : { taskRoot: codeFolder, runtimeRoot: folders.runtime, node: node.path };
    const environmentId = randomUUID().replaceAll("-", "");
    const logStream = logStreamOf(plan, environmentId, new Date());
    const table = join(folders.mounts, environmentId);
    const memoryBytes = plan.memoryMegabytes * 1024 ** 2;

    const invocationLog = createInvocationLog(log, Date.now);
    let processes: EnvironmentProcesses = NO_PROCESSES;
    const environment = new RunningEnvironment(environmentId, plan, invocationLog, () => processes);
    const user = uid ?? process.getuid?.();
    const api = await openRuntimeApi(environment, async (socket) => (await peerUser(socket)) === user);
    let trouble = "";
    let cgroup: EnvironmentCgroup | undefined;
    try {
      const runtimeApi = api.address;
      const endpoint = await endpointOf(places.runtimeRoot);
      const variables = functionVariables(plan, {
        ...places,
        runtimeApi,
        logStream,
        region: dependencies.region,
        endpoint,
      });
      const command = await commandOf(plan, places);
      const temporaryMegabytes = plan.ephemeralStorageMegabytes;
      if (isIsolated) {
        const own = { code: codeFolder, runtime: folders.runtime, temporaryMegabytes, uid };
        // At once: on a busy machine each wait for another thread costs more than the write.
        writeFileSync(table, mountTable(sandbox, own), { mode: 0o600 });
      }
      cgroup = cgroups?.create(environmentId, memoryBytes);
      const launched = { folder: places.taskRoot, command, variables, cgroupFolders: cgroup?.folders ?? [] };
      const launch = isIsolated
        ? launchInSandbox(launched, { root: sandbox.root, table, uid, limits })
        : launchAlone(launched, hasDeathSignal);
      const started = startProcesses(
        { launch, isIsolated, hasChannel: runtimeKind(plan.runtime) !== "provided", logStream, memoryBytes, cgroup },
        {
          onChannel: (channel) => serveRuntimeChannel(channel, environment, () => void environment.putDown()),
          onOutput: invocationLog.take,
          onEnd: (end, why) => {
            trouble = why;
            environment.onProcessEnd(end, why === "");
            void environment.putDown();
          },
        },
      );
      let ending: Promise<void> | undefined;
      const end = async () => {
        api.close();
        await started.end();
        await rm(table, { force: true });
        environments.delete(environment);
      };
      processes = {
        ...started,
        end: () => {
          ending ??= end();
          return ending;
        },
      };
    } catch (error) {
      api.close();
      await cgroup?.remove();
      await rm(table, { force: true });
      throw error;
    }
    environments.add(environment);
    const stop = () => void environment.end();
    signal.addEventListener("abort", stop, { once: true });
    const startedAt = performance.now();
    const init = await environment.untilReady();
    signal.removeEventListener("abort", stop);
    if (init.outcome === "ready" && !signal.aborted) {
      return { outcome: "ready", environment, initMilliseconds: performance.now() - startedAt };
    }
    await environment.end();
    signal.throwIfAborted();
    if (init.outcome === "failed") return { outcome: "failed", fault: init.fault, logTail: invocationLog.tail() };
    throw new Error(`the process of function ${plan.functionName} did not start: ${trouble || "it ended at once"}`);
  };

  return {
    troubleWith,
    start,
    keepOnly: (codeSha256s) => code.keepOnly(codeSha256s),
    close: async () => {
      await left;
      await Promise.all([...environments].map((environment) => environment.end()));
      const { cgroups } = (await machine?.catch(() => undefined)) ?? {};
      cgroups?.close();
    },
  };
}

/** Where the function finds what is not its own. */
interface Places {
  readonly taskRoot: string;
  readonly runtimeRoot: string;
  readonly node: string;
}

const NO_PROCESSES: EnvironmentProcesses = { memoryBytes: () => 0, peakBytes: () => 0, end: async () => undefined };

/** In Lambda's words. */
const NO_BOOTSTRAP: EnvironmentStart = {
  outcome: "failed",
  fault: {
    errorType: "Runtime.InvalidEntrypoint",
    errorMessage: `Couldn't find valid bootstrap(s): [${TASK_ROOT}/bootstrap]: put a program of that name at the top of the zip`,
  },
  logTail: "",
};

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
