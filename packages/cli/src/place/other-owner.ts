import { execFile } from "node:child_process";
import { accessSync, constants, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { shellWord } from "@sluice/model/shell-word.ts";
import { CommandFailed } from "../command-failed.ts";
import { dataOfUnit } from "./service-unit.ts";

const ROOT = 0;
const READABLE_BY_ALL = 0o004;
const GETENT_TIMEOUT_MILLISECONDS = 10_000;

/** A directory in which a verb is about to write. */
export interface WrittenDirectory {
  readonly directory: string;
  /** What the user of the directory has there from the first day: its owner is whose the directory is. */
  readonly mark: string;
  /** Without the mark the directory is its owner's. False: it is whoever's comes first. */
  readonly isOwnersWhileEmpty: boolean;
  /** A file that the verb reads: its owner may not be allowed to. */
  readonly reads?: string | undefined;
  /** Whose `--data` it may be, and whether the service does what the verb does. */
  readonly service?: { readonly unit: "sluice-server"; readonly isInstead: boolean } | undefined;
}

export const SERVER_MARK = "database.json";
export const AGENT_MARK = "agent.json";
/** Of the directory of `sluice local`, which no agent has enrolled in. */
export const LOCAL_MARK = "deployment-instructions";

/**
 * Keeps root from writing where another user's server or agent lives: that user could not open the files afterwards. What root owns is root's, whoever made
 * it, and so are directories in containers that run as root. Another user is told whose it is, where that user may not write; what a group shares is theirs.
 * @param argv the words of this command, for the cure
 * @throws CommandFailed that says how to do it as that user
 */
export async function refuseOtherOwner(
  written: WrittenDirectory,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const owner = ownerOf(written);
  const own = process.geteuid?.();
  if (owner === undefined || owner.uid === own || (own !== ROOT && mayWrite(written.directory))) return;
  const name = await accountName(owner.uid);
  throw new CommandFailed(refusal(written, { ...owner, name }, { argv, isRoot: own === ROOT }));
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
  /** Undefined: this machine has no name for it, as in a container that shows a folder of its machine. */
  readonly name: string | undefined;
}

interface Refused {
  readonly argv: readonly string[];
  /** Who is refused. */
  readonly isRoot: boolean;
}

export function refusal(
  { directory, service, reads }: WrittenDirectory,
  owner: Owner,
  { argv, isRoot }: Refused,
  dataOf: typeof dataOfUnit = dataOfUnit,
): string {
  const path = resolve(directory);
  const asOwner = `${becoming(owner, isRoot)} sluice ${withoutSecrets(argv).map(shellWord).join(" ")}`;
  const who = owner.name === undefined ? `the user ${owner.uid}` : `the user ${owner.name}`;
  const cause = `${path} belongs to ${who}, ${isRoot ? "who could not open what root writes there" : "and this user may not write there"}.`;
  const isOfService = service !== undefined && dataOf(service.unit) === path;
  if (isOfService && service.isInstead) {
    const start = `${isRoot ? "" : "sudo "}systemctl start ${service.unit}`;
    return `${cause} Start its service: ${start}. By hand, as that user: ${asOwner}`;
  }
  const toRoot =
    isRoot && !isOfService ? `. If root is to have it from now on: chown -R -h root ${shellWord(path)}` : "";
  return `${cause} Run this as that user: ${asOwner}${isRoot ? hintOnFile(reads, owner) : ""}${toRoot}`;
}

/** By the file's own mode; its directory may keep others out, too. */
function hintOnFile(file: string | undefined, { uid, name }: Owner): string {
  const stats = file === undefined ? undefined : statsOf(file);
  if (file === undefined || stats === undefined || stats.uid === uid || (stats.mode & READABLE_BY_ALL) !== 0) return "";
  return `. That user cannot read the file: put a copy where it can, and name that: install -o ${shellWord(name ?? String(uid))} -m 0600 ${shellWord(file)} /var/tmp/`;
}

/** The words before a command that somebody else is to run. */
function becoming({ uid, gid, name }: Owner, isRoot: boolean): string {
  if (!isRoot) return uid === ROOT ? "sudo" : `sudo -u ${shellWord(name ?? `#${uid}`)}`;
  if (name === undefined) return `setpriv --reuid ${uid} --regid ${gid} --clear-groups --`;
  return `runuser -u ${shellWord(name)} --`;
}

function ownerOf({ directory, mark, isOwnersWhileEmpty }: WrittenDirectory): Pick<Stats, "uid" | "gid"> | undefined {
  const marked = statsOf(join(directory, mark));
  return marked ?? (isOwnersWhileEmpty ? statsOf(directory) : undefined);
}

/** Undefined also for what this user may not see: whoever opens it says what is wrong. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function mayWrite(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** For a line that ends up in logs. */
function withoutSecrets(argv: readonly string[]): readonly string[] {
  return argv.map((word, index) => (argv[index - 1] === "--token" ? "TOKEN" : withoutPassword(word)));
}

/** The URL of a database without its password; any other word as it is. */
export function withoutPassword(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.password === "" && !url.searchParams.has("password")) return text;
  if (url.password !== "") url.password = "PASSWORD";
  if (url.searchParams.has("password")) url.searchParams.set("password", "PASSWORD");
  return url.href;
}

/** Undefined where nobody has it; also where this machine cannot say. */
export function accountName(uid: number): Promise<string | undefined> {
  return new Promise((done) => {
    execFile("getent", ["--", "passwd", String(uid)], { timeout: GETENT_TIMEOUT_MILLISECONDS }, (_, stdout) =>
      done(stdout.split(":")[0] || undefined),
    );
  });
}
