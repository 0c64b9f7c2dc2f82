import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { truncate } from "@sluice/model/excerpt.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";

const run = promisify(execFile);

/** Debian installs it where only root's PATH looks. */
const USUAL_FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"];
const OLDEST_VERSION = [2, 6] as const;
const RUN_TIMEOUT_MILLISECONDS = 60_000;
/** Of what HAProxy says against a configuration. */
const MAX_ALERT_CHARACTERS = 1_000;
/** A configuration that HAProxy does not survive is one that it refuses. */
const CRASHES: ReadonlySet<string> = new Set(["SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL"]);
/** Nothing of ours: HAProxy puts variables of its environment into its configuration. */
export const HAPROXY_ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

const INSTALL = "install it (apt-get install haproxy), or name its program in the setting `program`";

/** An absolute path, or a sentence that says why there is none. */
export async function findHaproxy(
  program: string | undefined,
): Promise<{ readonly path: string } | { readonly trouble: string }> {
  const candidates = program === undefined ? searched() : [program];
  for (const path of candidates) {
    if (!(await isExecutable(path))) continue;
    const trouble = await versionTrouble(path);
    return trouble === undefined ? { path } : { trouble };
  }
  return {
    trouble: program === undefined ? `HAProxy is not installed: ${INSTALL}` : `${program} is not a program: ${INSTALL}`,
  };
}

/**
 * What HAProxy says against a configuration, in a line that may be shown; undefined: it takes it. Rejects where it could not be asked: it
 * took too long, or did not start.
 */
export async function configTrouble(program: string, configPath: string): Promise<string | undefined> {
  const options = { env: HAPROXY_ENVIRONMENT, timeout: RUN_TIMEOUT_MILLISECONDS };
  try {
    await run(program, ["-c", "-q", "-f", configPath], options);
    return undefined;
  } catch (error) {
    const { code, signal } = error as RunError;
    if (typeof code !== "number" && !CRASHES.has(signal ?? "")) throw error;
    // Quiet, it is so about its reasons, too.
    const loud = await run(program, ["-c", "-f", configPath], options).catch((again: RunError) => again);
    return alertsOf(loud.stderr ?? "") || (code === null ? `it ends with ${signal}` : `it ends with ${code}`);
  }
}

interface RunError extends Error {
  /** A number: what the program ended with. */
  readonly code?: string | number | null;
  readonly signal?: string | null;
  readonly stderr?: string;
}

/** The lines that say what is wrong, on one that may be shown. Where in the file it is means nothing to a reader, and changes with it. */
export function alertsOf(log: string): string {
  const lines = log.split("\n").filter((line) => line.includes("[ALERT]"));
  const words = lines.map((line) =>
    line
      .replace(/^.*?\[ALERT\]\s*(\(\d+\))?\s*:?\s*/, "")
      .replace(/^config : /, "")
      .replace(/^(parsing )?\[[^\]]*:\d+\] ?: /, "")
      .trim(),
  );
  const reasons = words.filter((line) => !/^(Error\(s\) found|Fatal errors found)/.test(line));
  return truncate(visibleLine(reasons.join("; ")), MAX_ALERT_CHARACTERS);
}

/** The user and group of the name `haproxy`, or else of `nobody`; null for who may not change its user. */
export async function userToRunAs(): Promise<{ readonly user: string; readonly group: string } | null> {
  if (process.getuid?.() !== 0) return null;
  const [users, groups] = await Promise.all([readTable("/etc/passwd"), readTable("/etc/group")]);
  for (const user of ["haproxy", "nobody"]) {
    const groupId = users.find(([name]) => name === user)?.[3];
    const group = groups.find(([, , id]) => id === groupId)?.[0];
    if (groupId !== undefined && group !== undefined) return { user, group };
  }
  return null;
}

async function readTable(path: string): Promise<readonly (readonly string[])[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").map((line) => line.split(":"));
}

function searched(): readonly string[] {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  return [...new Set([...folders, ...USUAL_FOLDERS])].map((folder) => join(folder, "haproxy"));
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function versionTrouble(path: string): Promise<string | undefined> {
  const { stdout } = await run(path, ["-v"], { env: HAPROXY_ENVIRONMENT, timeout: RUN_TIMEOUT_MILLISECONDS }).catch(
    () => ({ stdout: "" }),
  );
  const [, version, major, minor] = /^HA-?Proxy version ((\d+)\.(\d+)\S*)/.exec(stdout) ?? [];
  if (version === undefined)
    return `${path} does not say that it is HAProxy: name another program in the setting \`program\``;
  const isOld =
    Number(major) < OLDEST_VERSION[0] || (Number(major) === OLDEST_VERSION[0] && Number(minor) < OLDEST_VERSION[1]);
  return isOld ? `${path} is HAProxy ${version}: use ${OLDEST_VERSION.join(".")} or newer` : undefined;
}
