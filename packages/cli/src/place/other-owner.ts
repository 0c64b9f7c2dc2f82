import { execFile } from "node:child_process";
import { type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { shellWord } from "@sluice/model/shell-word.ts";
import { CommandFailed } from "../command-failed.ts";
import { dataOfUnit } from "./service-unit.ts";

const ROOT = 0;
const GETENT_TIMEOUT_MILLISECONDS = 10_000;

/** A directory in which a verb is about to write. */
export interface WrittenDirectory {
  readonly directory: string;
  /** What the user of the directory has there from the first day: its owner is whose the directory is. */
  readonly mark: string;
  /** Without the mark the directory is its owner's. False: it is whoever's comes first. */
  readonly isOwnersWhileEmpty: boolean;
  /** Whose `--data` it may be, and whether the service does what the verb does. */
  readonly service?: { readonly unit: "sluice-server"; readonly isInstead: boolean } | undefined;
}

export const SERVER_MARK = "database.json";
export const AGENT_MARK = "agent.json";
/** Of the directory of `sluice local`, which no agent has enrolled in. */
export const LOCAL_MARK = "deployment-instructions";

/**
 * Keeps root from writing where another user's server or agent lives: that user could not open the files afterwards. What root owns is root's, whoever made
 * it, and so are directories in containers that run as root.
 * @param argv the words of this command, for the cure
 * @throws CommandFailed that says how to do it as that user
 */
export async function refuseOtherOwner(
  written: WrittenDirectory,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  if (process.geteuid?.() !== ROOT) return;
  const owner = ownerOf(written);
  if (owner === undefined || owner.uid === ROOT) return;
  const name = await accountName(owner.uid);
  throw new CommandFailed(refusal(written, { ...owner, name }, argv));
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
  /** Undefined: this machine has no name for it, as in a container that shows a folder of its machine. */
  readonly name: string | undefined;
}

export function refusal(
  { directory, service }: WrittenDirectory,
  { uid, gid, name }: Owner,
  argv: readonly string[],
  dataOf: typeof dataOfUnit = dataOfUnit,
): string {
  const path = resolve(directory);
  const become =
    name === undefined ? `setpriv --reuid ${uid} --regid ${gid} --clear-groups` : `runuser -u ${shellWord(name)}`;
  const asOwner = `${become} -- sluice ${withoutSecrets(argv).map(shellWord).join(" ")}`;
  const who = name === undefined ? `the user ${uid}` : `the user ${name}`;
  const cause = `${path} belongs to ${who}, who could not open what root writes there.`;
  if (service === undefined || dataOf(service.unit) !== path)
    return `${cause} Run this as that user: ${asOwner}. If root is to have it from now on: chown -R -h root ${shellWord(path)}`;
  if (!service.isInstead) return `${cause} Run this as that user: ${asOwner}`;
  return `${cause} Start its service: systemctl start ${service.unit}. By hand, as that user: ${asOwner}`;
}

function ownerOf({ directory, mark, isOwnersWhileEmpty }: WrittenDirectory): Pick<Stats, "uid" | "gid"> | undefined {
  const marked = statSync(join(directory, mark), { throwIfNoEntry: false });
  return marked ?? (isOwnersWhileEmpty ? statSync(directory, { throwIfNoEntry: false }) : undefined);
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
