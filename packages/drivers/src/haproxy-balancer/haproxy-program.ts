import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Debian installs it where only root's PATH looks. */
const USUAL_FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"];
const OLDEST_VERSION = [2, 6] as const;
const RUN_TIMEOUT_MILLISECONDS = 60_000;
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

/** What HAProxy says against a configuration, or undefined. */
export async function configTrouble(program: string, configPath: string): Promise<string | undefined> {
  try {
    await run(program, ["-c", "-q", "-f", configPath], { env: HAPROXY_ENVIRONMENT, timeout: RUN_TIMEOUT_MILLISECONDS });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    return alertsOf(stderr ?? "") || message;
  }
}

/** The lines that say why HAProxy does not start, on one. */
export function alertsOf(log: string): string {
  const lines = log.split("\n").filter((line) => line.includes("[ALERT]"));
  const words = lines.map((line) => line.replace(/^.*?\[ALERT\]\s*(\(\d+\))?\s*:?\s*/, "").trim());
  return words.filter((line) => !/^(config : )?(Error\(s\) found|Fatal errors found)/.test(line)).join("; ");
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
