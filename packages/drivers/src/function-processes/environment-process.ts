import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readlinkSync } from "node:fs";
import type { Duplex, Readable } from "node:stream";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { EnvironmentCgroup } from "./cgroups.ts";
import { type ProcessEnd, signalOfExitCode } from "./function-faults.ts";
import type { Launch } from "./launch.ts";
import { readPaced } from "./paced-reading.ts";
import { childrenOf, endEnvironmentProcesses, killQuietly } from "./process-tree.ts";
import type { EnvironmentProcesses } from "./running-environment.ts";
import { CHANNEL_DESCRIPTOR } from "./runtime-channel.ts";
import { LAUNCH_PATH } from "./sandbox.ts";
import { type WatchedMemory, watchMemory } from "./watched-memory.ts";

/** Of what goes wrong before the function's own code has its turn. */
const MAX_LAUNCH_TROUBLE_CHARACTERS = 1_000;

export interface ProcessPlan {
  readonly launch: Launch;
  /** It has a process table of its own, which ends with its first process. */
  readonly isIsolated: boolean;
  /** Its runtime is one of ours, and speaks with us over a descriptor that it is born with. */
  readonly hasChannel: boolean;
  readonly logStream: string;
  readonly memoryBytes: number;
  /** Undefined: its memory is watched. */
  readonly cgroup: EnvironmentCgroup | undefined;
}

export interface ProcessListener {
  /** Called at once, where there is one. */
  onChannel(channel: Duplex): void;
  onOutput(chunk: Buffer): void;
  /** Called once, when it has ended. `trouble`: why the function's own code did not have its turn; empty: it had. */
  onEnd(end: ProcessEnd, trouble: string): void;
}

/** Starts the processes of an environment. */
export function startProcesses(plan: ProcessPlan, listener: ProcessListener): EnvironmentProcesses {
  const { launch, isIsolated, hasChannel, logStream, cgroup } = plan;
  const [program = "", ...argv] = launch.command;
  const child = spawn(program, argv, {
    env: { PATH: LAUNCH_PATH, ...launch.variables },
    cwd: "/",
    // A session and a process group of its own.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", hasChannel ? "pipe" : "ignore"],
  }) as ChildProcessByStdio<null, Readable, Readable>;
  const { pid } = child;
  // Without a file left for their pipes, Node makes none, and tells of it by the error.
  const stdout = child.stdout as Readable | undefined;
  const stderr = child.stderr as Readable | undefined;
  const channel = (child.stdio as readonly unknown[] | undefined)?.[CHANNEL_DESCRIPTOR] as Duplex | null | undefined;
  if (channel) listener.onChannel(channel);
  let trouble = "";
  stderr?.on("data", (chunk: Buffer) => {
    trouble = (trouble + chunk.toString("utf8")).slice(0, MAX_LAUNCH_TROUBLE_CHARACTERS);
  });
  stderr?.on("error", () => undefined);
  if (stdout) readPaced(stdout, listener.onOutput);

  let watched: WatchedMemory | undefined;
  if (cgroup === undefined && pid !== undefined) {
    const temporary = ([, init]: readonly number[]) => (isIsolated && init !== undefined ? sandboxedTmp(init) : null);
    watched = watchMemory(pid, plan.memoryBytes, temporary, () => void end());
  }
  const exited = once(child, "exit").catch(() => undefined);
  let ending: Promise<void> | undefined;
  let isEnded = false;
  const tellEnd = (end: ProcessEnd) => {
    if (isEnded) return;
    isEnded = true;
    watched?.stop();
    // What it wrote last is in the pipe.
    // What the launcher says of an end that was asked for here is no trouble.
    const why = ending === undefined ? trouble.trim() : "";
    setImmediate(() => listener.onEnd(end, why));
  };
  child.once("error", (error) => {
    trouble ||= reasonOf(error);
    tellEnd({ exitCode: null, signal: null, wasOutOfMemory: false });
  });
  child.once("exit", (exitCode, exitSignal) => {
    const signal = exitSignal ?? (isIsolated ? signalOfExitCode(exitCode) : undefined) ?? null;
    const wasKilledForMemory = (cgroup?.outOfMemoryKills() ?? 0) > 0 && signal === "SIGKILL";
    tellEnd({ exitCode, signal, wasOutOfMemory: wasKilledForMemory || watched?.wasExceeded() === true });
  });

  let lastPeak = 0;
  const peakBytes = (): number => {
    lastPeak = Math.max(lastPeak, cgroup?.peakBytes() ?? watched?.peakBytes() ?? 0);
    return lastPeak;
  };
  const endAll = async (): Promise<void> => {
    // Its control group says nothing of it once it is gone.
    peakBytes();
    if (pid !== undefined) {
      const inits = isIsolated ? childrenOf(pid) : [];
      // The launcher waits for it, and the kernel lets it end when all others have.
      for (const init of inits) killQuietly(init);
      if (!isIsolated) await endEnvironmentProcesses(pid, logStream);
      await cgroup?.remove();
      if (inits.length === 0) killQuietly(pid);
      await exited;
    } else await cgroup?.remove();
    watched?.stop();
    stdout?.destroy();
    stderr?.destroy();
    channel?.destroy();
  };
  const end = (): Promise<void> => {
    ending ??= endAll();
    return ending;
  };
  return {
    memoryBytes: () => cgroup?.memoryBytes() ?? watched?.bytes() ?? 0,
    peakBytes,
    end,
  };
}

/** Of a process that is in its sandbox; null: its root folder is still this machine's. */
function sandboxedTmp(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/root`) === "/" ? null : `/proc/${pid}/root/tmp`;
  } catch {
    return null;
  }
}
