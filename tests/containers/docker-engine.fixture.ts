import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { claimAddressPool } from "./address-pool.fixture.ts";

/** A Docker Engine of a test's own: nothing of it is shared with another one of this machine. */
export interface TestEngine {
  readonly socket: string;
  /** `198.18.7.`: all addresses that begin so are the engine's, and those from 192 on are free for subnets of a test's choice. */
  readonly addressPrefix: string;
  /** JSON, or text where it answers none; throws for every status from 400. */
  ask(method: string, path: string, body?: object | Buffer): Promise<unknown>;
  /** Its processes are gone at once, and its containers run on without it. */
  kill(): Promise<void>;
  /** After `kill`. */
  start(): Promise<void>;
  /** All its processes stand still: connections stay open, and nothing is answered. */
  suspend(): void;
  resume(): void;
  /** Nothing is left of it: no process, mount, interface, cgroup or file. */
  stop(): Promise<void>;
}

export interface TestEngineOptions {
  /** Where its images and containers are; absent: in a folder of its own. */
  readonly dataRoot?: string | undefined;
}

/** Debian installs them where only root looks. */
const ENVIRONMENT = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const START_ATTEMPTS = 1_200;
const PAUSE_MILLISECONDS = 50;

/** Why there can be no engine here, or null. */
export function whyNoDockerEngine(): string | null {
  if (process.getuid?.() !== 0) return "only root can run a Docker Engine of the tests' own";
  for (const program of ["dockerd", "containerd", "runc"]) {
    if (spawnSync(program, ["--version"], { env: ENVIRONMENT }).error) {
      return `${program} is not installed (Debian: docker.io)`;
    }
  }
  if (!existsSync(BUSYBOX) || spawnSync("ldd", [BUSYBOX]).status === 0) {
    return "there is no busybox that needs no library (Debian: busybox-static)";
  }
  const tried = spawnSync("unshare", ["--mount", "--net", "--pid", "--fork", "mount", "-t", "tmpfs", "none", "/mnt"]);
  if (tried.status !== 0) return "this root may not make namespaces and mount in them";
  return existsSync("/sys/fs/cgroup") && readdirSync("/sys/fs/cgroup").length > 0 ? null : "there are no cgroups here";
}

export const BUSYBOX = "/bin/busybox";

export async function startDockerEngine({ dataRoot }: TestEngineOptions = {}): Promise<TestEngine> {
  const directory = mkdtempSync(join(tmpdir(), "sluice-docker-"));
  const socket = join(directory, "docker.sock");
  const cgroup = directory.slice(directory.lastIndexOf("/"));
  const pool = await claimAddressPool();
  writeFileSync(join(directory, "containerd.toml"), containerdConfig(directory));
  writeFileSync(join(directory, "daemon.json"), "{}");
  const log = join(directory, "engine.log");
  const engineArguments = [
    `--config-file=${join(directory, "daemon.json")}`,
    `--host=unix://${socket}`,
    `--containerd=${join(directory, "containerd.sock")}`,
    `--data-root=${dataRoot ?? join(directory, "data")}`,
    `--exec-root=${join(directory, "exec")}`,
    `--pidfile=${join(directory, "docker.pid")}`,
    `--default-address-pool=base=${pool.subnet},size=27`,
    `--cgroup-parent=${cgroup}`,
    // The same whether the machine has systemd or not.
    "--exec-opt=native.cgroupdriver=cgroupfs",
    "--bridge=none",
    // Ports are published by the engine's proxy. Rules in the kernel's tables would be shared with every other engine.
    "--iptables=false",
    "--ip-forward=false",
    "--ip-masq=false",
    "--shutdown-timeout=1",
  ];
  const mounts = await holdMountNamespace();
  let children: ChildProcess[] = [];

  const run = (program: string, words: readonly string[]) => {
    // Ends with the test run, however that ends.
    const shell = `exec nsenter --target ${mounts.pid} --mount setpriv --pdeathsig TERM "$0" "$@" >>"$LOG" 2>&1`;
    const child = spawn("sh", ["-c", shell, program, ...words], { stdio: "ignore", env: { ...ENVIRONMENT, LOG: log } });
    children.push(child);
    return child;
  };
  const ask = (method: string, path: string, body?: object | Buffer) => askSocket(socket, method, path, body);
  const start = async () => {
    children = [];
    const containerd = run("containerd", ["--config", join(directory, "containerd.toml")]);
    await until(containerd, log, async () => existsSync(join(directory, "containerd.sock")));
    const dockerd = run("dockerd", engineArguments);
    await until(dockerd, log, () =>
      ask("GET", "/_ping").then(
        () => true,
        () => false,
      ),
    );
  };
  const end = async (how: NodeJS.Signals) => {
    // The engine first: it wants to say goodbye to its containers.
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGCONT");
      child.kill(how);
      await ended;
    }
    if (how === "SIGKILL") rmSync(join(directory, "docker.pid"), { force: true });
    rmSync(join(directory, "containerd.sock"), { force: true });
  };
  const stop = async () => {
    await ask("GET", "/_ping").then(
      () => removeAll(ask),
      () => {},
    );
    await end("SIGTERM");
    for (const pid of shimsOf(directory)) process.kill(pid, "SIGKILL");
    for (const name of interfacesIn(pool.prefix)) spawnSync("ip", ["link", "delete", name], { env: ENVIRONMENT });
    mounts.kill("SIGKILL");
    await removeCgroups(cgroup);
    rmSync(directory, { recursive: true, force: true });
    pool.release();
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    socket,
    addressPrefix: pool.prefix,
    ask,
    start,
    stop,
    kill: () => end("SIGKILL"),
    suspend: () => {
      for (const child of children) child.kill("SIGSTOP");
    },
    resume: () => {
      for (const child of children) child.kill("SIGCONT");
    },
  };
}

/**
 * A process in a mount namespace of its own, which lasts while the engine starts and dies in it: programs of other tests, which look at the
 * machine's mounts, see none of the engine's.
 */
async function holdMountNamespace(): Promise<ChildProcess> {
  const words = ["--mount", "--propagation", "private", "setpriv", "--pdeathsig", "KILL", "sleep", "infinity"];
  const holder = spawn("unshare", words, { stdio: "ignore", env: ENVIRONMENT });
  const isApart = () => readlinkSync(`/proc/${holder.pid}/ns/mnt`) !== readlinkSync("/proc/self/ns/mnt");
  for (let attempt = 0; attempt < START_ATTEMPTS && !isApart(); attempt++) await pause(PAUSE_MILLISECONDS);
  return holder;
}

function containerdConfig(directory: string): string {
  return `version = 2
root = "${directory}/containerd"
state = "${directory}/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${directory}/containerd.sock"
[ttrpc]
  address = "${directory}/containerd.sock.ttrpc"
`;
}

async function until(child: ChildProcess, log: string, isReady: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (await isReady()) return;
    await pause(PAUSE_MILLISECONDS);
  }
  throw new Error(`the Docker Engine does not start: ${readFileSync(log, "utf8").slice(-2000)}`);
}

function askSocket(socket: string, method: string, path: string, body?: object | Buffer): Promise<unknown> {
  const payload = Buffer.isBuffer(body) ? body : JSON.stringify(body ?? {});
  const type = Buffer.isBuffer(body) ? "application/x-tar" : "application/json";
  return new Promise((resolve, reject) => {
    const sent = request(
      { socketPath: socket, method, path, agent: false, headers: { "content-type": type } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          if ((answer.statusCode ?? 0) >= 400) reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
          else resolve(answer.headers["content-type"]?.includes("json") && text !== "" ? lastJson(text) : text);
        });
      },
    );
    sent.on("error", reject);
    sent.end(method === "GET" ? undefined : payload);
  });
}

/** What takes its time answers an object a line. */
function lastJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(text.trim().split("\n").at(-1) ?? "null");
  }
}

/** What an installation has made: in order, so that nothing is left in the kernel. */
export async function removeInstallation({ ask }: Pick<TestEngine, "ask">, installation: string): Promise<void> {
  await removeSelected(ask, { label: [`sluice.installation=${installation}`] }, {});
}

function removeAll(ask: TestEngine["ask"]): Promise<void> {
  return removeSelected(ask, {}, { type: ["custom"] });
}

async function removeSelected(ask: TestEngine["ask"], filters: object, networkFilters: object): Promise<void> {
  const list = async (path: string, selection: object) => {
    const query = new URLSearchParams({ all: "1", filters: JSON.stringify(selection) });
    return (await ask("GET", `${path}?${query}`)) as { readonly Id: string }[];
  };
  const containers = await list("/containers/json", filters);
  await Promise.all(containers.map(({ Id }) => ask("DELETE", `/containers/${Id}?force=1&v=1`).catch(() => {})));
  const networks = await list("/networks", { ...filters, ...networkFilters });
  await Promise.all(networks.map(({ Id }) => ask("DELETE", `/networks/${Id}`).catch(() => {})));
}

/** The processes that hold containers while the engine is away. */
function shimsOf(directory: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => commandOf(pid).includes(directory)).map(Number);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function interfacesIn(prefix: string): string[] {
  const listed = execFileSync("ip", ["-o", "-4", "address"], { env: ENVIRONMENT, encoding: "utf8" });
  return listed.split("\n").flatMap((line) => {
    const [, name, , address] = line.split(/\s+/);
    return name && address?.startsWith(prefix) ? [name] : [];
  });
}

/** Below each controller, or below the one tree, with the processes of containers whose engine died before it could end them. */
export async function removeCgroups(cgroup: string): Promise<void> {
  const trees = ["", ...readdirSync("/sys/fs/cgroup")].map((controller) => join("/sys/fs/cgroup", controller, cgroup));
  for (const tree of trees.filter((path) => existsSync(path))) {
    for (let attempt = 0; attempt < START_ATTEMPTS && existsSync(tree); attempt++) {
      removeTree(tree);
      if (existsSync(tree)) await pause(PAUSE_MILLISECONDS);
    }
  }
}

function removeTree(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(path, entry.name));
  }
  try {
    for (const pid of readFileSync(join(path, "cgroup.procs"), "utf8").split("\n")) {
      if (pid !== "") process.kill(Number(pid), "SIGKILL");
    }
    rmdirSync(path);
  } catch {
    // Somebody is still in it, or it is gone by now.
  }
}
