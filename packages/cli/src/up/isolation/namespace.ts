import { type ChildProcess, spawn } from "node:child_process";
import { ended, onlyChildOf, signal } from "../../process/child-process.ts";
import { isOnPath } from "../../process/on-path.ts";
import { runProgram } from "../../process/run-program.ts";

/**
 * The first process of a host: reaps what has lost its parent, as a machine's init does, and does nothing else. Without it the
 * service that a hook stops would stay a zombie, which `kill -0` takes for alive.
 */
const INIT = 'trap "exit 0" TERM INT; while :; do sleep 86400 & wait $!; done';

/** Mount, network, name and process namespaces of one host. They end with {@link NamespaceSet.close}, or with this process. */
export interface NamespaceSet {
  /** The host's first process, as the machine numbers it. */
  readonly processId: number;
  /** Begins a command that is to run inside of the namespaces. */
  readonly enter: readonly string[];
  run(argv: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/**
 * Begins a command that must not outlive this process, however that ends: it gets `signal` then. Empty without util-linux's setpriv.
 */
export function dieWithParent(signal: "KILL" | "TERM" = "KILL"): readonly string[] {
  return isOnPath("setpriv") ? ["setpriv", "--pdeathsig", signal] : [];
}

const UNSHARE = ["unshare", "--mount", "--net", "--uts", "--pid", "--fork", "--kill-child"];

/** Why hosts cannot have namespaces of their own here; undefined when they can. */
export async function whyNoNamespaces(): Promise<string | undefined> {
  if (process.platform !== "linux") return "this is not Linux";
  if (process.getuid?.() !== 0) return "this needs root";
  const missing = ["ip", "unshare", "nsenter", "mount", "chroot", "setpriv"].filter((program) => !isOnPath(program));
  if (missing.length > 0)
    return `not installed: ${missing.join(", ")} (packages iproute2, util-linux, mount, coreutils)`;
  // Root of a container may lack what it takes.
  return runProgram([...UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/run"]).then(
    () => undefined,
    (error: Error) => `the kernel refuses them (${error.message})`,
  );
}

export async function openNamespaces(): Promise<NamespaceSet> {
  const argv = [...dieWithParent(), ...UNSHARE, "/bin/sh", "-c", INIT];
  const [program = "", ...args] = argv;
  // A session of its own: Ctrl-C in the terminal is for this process, which ends the hosts in order. What unshare says is dropped:
  // it complains when its child is killed, which is how it ends, and whyNoNamespaces has told real obstacles before.
  const holder: ChildProcess = spawn(program, args, { stdio: "ignore", detached: true });
  const processId = await onlyChildOf(holder);
  const enter = ["nsenter", "--target", String(processId), "--mount", "--net", "--uts", "--pid"];
  return {
    processId,
    enter,
    run: (command) => runProgram([...enter, ...command]),
    close: async () => {
      // The kernel ends every process of the namespace with its first one, and the mounts and interfaces with the last.
      signal(processId, "SIGKILL");
      await ended(holder);
    },
  };
}
