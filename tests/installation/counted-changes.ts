/**
 * Loaded into an agent before its program (`--import`): counts the calls by which it changes a file system, while there is a file at CHANGES_CONTROL. It kills the agent before the
 * change with the number in that file, or writes each of them to the file that it names. It wraps Node's own functions, so it sees the changes of every part of the
 * agent, and the agent has nothing in it for tests.
 */
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

type Call = (...args: unknown[]) => unknown;

const CHANGES = [
  "appendFile",
  "chmod",
  "chown",
  "copyFile",
  "fchmod",
  "fchown",
  "ftruncate",
  "futimes",
  "lchown",
  "link",
  "lutimes",
  "mkdir",
].concat(["rename", "rm", "rmdir", "symlink", "unlink", "utimes", "write", "writeFile", "writev"]);
const FLUSHES = ["fsync", "fdatasync"];
const TWO_PATHS: ReadonlySet<string> = new Set(["copyFile", "link", "rename"]);
const STANDARD_OUTPUTS = 2;

const controlFile = process.env["CHANGES_CONTROL"] ?? "";
const { appendFileSync, readFileSync, readlinkSync } = fs;
let count = 0;
/** Node's own functions call each other. */
let isInside = false;

function comes(name: string, args: readonly unknown[]): void {
  if (typeof args[0] === "number" && args[0] <= STANDARD_OUTPUTS) return;
  const control = readControl();
  if (control === undefined) {
    count = 0;
    return;
  }
  count += 1;
  const paths = args.slice(0, TWO_PATHS.has(name) ? 2 : 1).map(nameOf);
  if (control.startsWith("/")) appendFileSync(control, `${JSON.stringify([name, ...paths])}\n`);
  else if (count === Number(control)) process.kill(process.pid, "SIGKILL");
}

function readControl(): string | undefined {
  try {
    return readFileSync(controlFile, "utf8");
  } catch {
    return undefined;
  }
}

/** A descriptor, or a path by way of one, as the path that it leads to. */
function nameOf(value: unknown): string {
  if (typeof value === "number") return pathOf(`/proc/self/fd/${value}`);
  if (typeof value !== "string" && !Buffer.isBuffer(value)) return "";
  const [descriptor] = /^\/proc\/self\/fd\/\d+/.exec(String(value)) ?? [];
  return descriptor === undefined ? String(value) : pathOf(descriptor) + String(value).slice(descriptor.length);
}

function pathOf(descriptor: string): string {
  try {
    return readlinkSync(descriptor);
  } catch {
    return "";
  }
}

function wrap(
  target: object,
  key: string,
  name: string,
  counts: (args: readonly unknown[]) => boolean = () => true,
): void {
  const functions = target as Record<string, Call>;
  const original = functions[key];
  if (original === undefined) return;
  functions[key] = function (this: unknown, ...args) {
    if (isInside) return original.apply(this, args);
    isInside = true;
    try {
      if (counts(args)) comes(name, args);
      return original.apply(this, args);
    } finally {
      isInside = false;
    }
  };
}

function creates(flags: unknown): boolean {
  return typeof flags === "number" ? (flags & fs.constants.O_CREAT) !== 0 : /[wa]/.test(String(flags ?? "r"));
}

for (const name of [...CHANGES, ...FLUSHES]) {
  wrap(fs, `${name}Sync`, name);
  wrap(fs, name, name);
  wrap(fs.promises, name, name);
}
for (const [target, key] of [
  [fs, "openSync"],
  [fs, "open"],
  [fs.promises, "open"],
] as const) {
  wrap(target, key, "create", ([, flags]) => creates(flags));
}
wrap(childProcess, "spawn", "run");
syncBuiltinESMExports();
