import { execFile } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { EventFailure } from "../event-failure.ts";

export interface UserAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

const PASSWD_FILE = "/etc/passwd";
const GROUP_FILE = "/etc/group";
const GETENT_TIMEOUT_MILLISECONDS = 10_000;

/** @throws EventFailure naming the user when neither the local file nor a directory service knows it */
export async function userByName(name: string, purpose: string): Promise<UserAccount> {
  const line = localAccounts(PASSWD_FILE).get(name) ?? (await getent("passwd", name));
  const [found, , uid, gid, , home, shell] = line ?? [];
  if (found !== name) throw unknownAccount("user", name, purpose);
  return { name, uid: Number(uid), gid: Number(gid), home: home || "/", shell: shell || "/bin/sh" };
}

/** The account of the user that the agent runs as; undefined where the host has none for it (a container with `--user 1234`). */
export async function ownAccount(): Promise<UserAccount | undefined> {
  const uid = process.geteuid?.();
  if (uid === undefined) return undefined;
  const local = [...localAccounts(PASSWD_FILE).values()].find((fields) => fields[2] === String(uid));
  const line = local ?? (await getent("passwd", String(uid)));
  const [name, , , gid, , home, shell] = line ?? [];
  if (name === undefined) return undefined;
  return { name, uid, gid: Number(gid), home: home || "/", shell: shell || "/bin/sh" };
}

/** @throws EventFailure naming the group when neither the local file nor a directory service knows it */
export async function groupIdByName(name: string, purpose: string): Promise<number> {
  const line = localAccounts(GROUP_FILE).get(name) ?? (await getent("group", name));
  const [found, , gid] = line ?? [];
  if (found !== name) throw unknownAccount("group", name, purpose);
  return Number(gid);
}

/** Ids for an archive's owner, by name where this host's own files know the name, else by the archive's number. */
export function accountIds(owner: {
  readonly user: string | undefined;
  readonly uid: number;
  readonly group: string | undefined;
  readonly gid: number;
}): { readonly uid: number; readonly gid: number } {
  const uid = owner.user ? localAccounts(PASSWD_FILE).get(owner.user)?.[2] : undefined;
  const gid = owner.group ? localAccounts(GROUP_FILE).get(owner.group)?.[2] : undefined;
  return { uid: uid === undefined ? owner.uid : Number(uid), gid: gid === undefined ? owner.gid : Number(gid) };
}

/** The user's primary group, if this host's own files give it to nobody else: what it may do, only that user may. */
export function privateGroupOf(uid: number): number | undefined {
  const users = [...localAccounts(PASSWD_FILE).values()];
  const user = users.find((fields) => Number(fields[2]) === uid);
  if (user === undefined || users.some((fields) => fields[3] === user[3] && Number(fields[2]) !== uid))
    return undefined;
  const group = [...localAccounts(GROUP_FILE).values()].find((fields) => fields[2] === user[3]);
  const members = (group?.[3] ?? "").split(",").filter((name) => name !== "" && name !== user[0]);
  return members.length === 0 ? Number(user[3]) : undefined;
}

interface LocalAccounts {
  readonly readAt: number;
  readonly lines: ReadonlyMap<string, readonly string[]>;
}

/** An unpacking asks once an entry; between two looks at the file's date nothing is read again. */
const RECHECK_MILLISECONDS = 1_000;
const cache = new Map<string, LocalAccounts & { readonly version: string }>();

function localAccounts(file: string): ReadonlyMap<string, readonly string[]> {
  const known = cache.get(file);
  const now = performance.now();
  if (known && now - known.readAt < RECHECK_MILLISECONDS) return known.lines;
  let version: string;
  let text = "";
  try {
    const { mtimeMs, ino, size } = statSync(file);
    version = `${mtimeMs} ${ino} ${size}`;
    if (known?.version === version) {
      cache.set(file, { ...known, readAt: now });
      return known.lines;
    }
    text = readFileSync(file, "utf8");
  } catch {
    version = "unreadable";
  }
  const lines = new Map<string, readonly string[]>();
  for (const line of text.split("\n")) {
    const fields = line.split(":");
    const name = fields[0];
    if (fields.length > 2 && name !== undefined && name !== "" && !lines.has(name)) lines.set(name, fields);
  }
  cache.set(file, { readAt: now, version, lines });
  return lines;
}

/** LDAP, SSSD and the like answer only through the C library's switch. */
function getent(database: "passwd" | "group", name: string): Promise<readonly string[] | undefined> {
  return new Promise((resolve) => {
    execFile("getent", ["--", database, name], { timeout: GETENT_TIMEOUT_MILLISECONDS }, (error, stdout) => {
      resolve(error ? undefined : stdout.trimEnd().split(":"));
    });
  });
}

function unknownAccount(kind: "user" | "group", name: string, purpose: string): EventFailure {
  return new EventFailure(
    `The ${kind} ${JSON.stringify(name)} does not exist on this host, and ${purpose}. ` +
      `Create the ${kind}, or correct the name in the AppSpec file, and then try again.`,
  );
}
