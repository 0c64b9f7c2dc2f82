import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const SCRIPT = join(import.meta.dirname, "aws-cli-forks.py");
const PYTHON_SHEBANG = /^#!\s*(\S*python\S*)\s*$/;

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Forks {
  run(args: readonly string[], environment: NodeJS.ProcessEnv, directory: string): Promise<Ended>;
}

let forks: Promise<Forks | undefined> | undefined;

/**
 * The AWS CLI of the PATH, run from a process that has imported it once: the same program with the same arguments, environment and folder, for a third of
 * the time. Undefined where the CLI is no program of Python's: it is to be started as it is.
 */
export async function forkedAws(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  directory: string,
): Promise<Ended | undefined> {
  forks ??= startForks();
  return (await forks)?.run(args, environment, directory);
}

async function startForks(): Promise<Forks | undefined> {
  const python = pythonOfAws();
  if (python === undefined) return undefined;
  const child = spawn(python, [SCRIPT], { stdio: ["pipe", "pipe", "ignore"] });
  const running = new Map<number, PromiseWithResolvers<number>>();
  let calls = 0;
  const isReady = await new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    child.once("exit", () => {
      resolve(false);
      for (const { reject } of running.values()) reject(new Error("the process that runs the AWS CLI has ended"));
    });
    child.stdin.on("error", () => {});
    createInterface(child.stdout).on("line", (line) => {
      const { ready, id = -1, code = 255 } = JSON.parse(line) as { ready?: true; id?: number; code?: number };
      if (ready) resolve(true);
      else running.get(id)?.resolve(code);
    });
  });
  if (!isReady) return undefined;
  letGo(child);
  return {
    run: async (argv, env, cwd) => {
      const id = calls++;
      const output = mkdtempSync(join(tmpdir(), "sluice-aws-cli-"));
      const [out, err] = [join(output, "out"), join(output, "err")];
      const ended = Promise.withResolvers<number>();
      running.set(id, ended);
      try {
        child.stdin.write(`${JSON.stringify({ id, argv, env, cwd, out, err })}\n`);
        const exitCode = await ended.promise;
        return { exitCode, stdout: readFileSync(out, "utf8"), stderr: readFileSync(err, "utf8") };
      } finally {
        running.delete(id);
        rmSync(output, { recursive: true, force: true });
      }
    },
  };
}

/** It ends with its stdin, so with this process, which it does not keep. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as { unref?(): void } | null)?.unref?.();
}

/** That its first line names. pyenv has a script in front of each program. */
function pythonOfAws(): string | undefined {
  try {
    const onPath = execFileSync("sh", ["-c", "command -v aws"], { encoding: "utf8" }).trim();
    const real = onPath.includes("/shims/")
      ? execFileSync("pyenv", ["which", "aws"], { encoding: "utf8" }).trim()
      : onPath;
    const [, python] = PYTHON_SHEBANG.exec(readFileSync(real, "utf8").split("\n", 1)[0] ?? "") ?? [];
    return python;
  } catch {
    return undefined;
  }
}
