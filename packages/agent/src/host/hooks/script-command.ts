import { accessSync, constants } from "node:fs";
import type { HookScript } from "@sluice/model/app-spec/app-spec.ts";
import { AGENT_ERROR_CODES } from "@sluice/model/diagnostics.ts";
import { EventFailure } from "../event-failure.ts";
import { type UserAccount, userByName } from "../install/accounts.ts";
import { readHostEnvironment } from "./host-environment.ts";
import { accountEnvironment } from "./script-environment.ts";

/** What is started for a script: a program, its arguments (never a shell's string), and variables to add. */
export interface ScriptCommand {
  readonly program: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const PROGRAM_DIRECTORIES = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"] as const;

/**
 * How a script is started. Without `runas` it is the script itself. A change of user goes through `runuser`, which opens
 * the same kind of session as the reference agent's `su` (limits included); hosts without it have `setpriv`.
 * @throws EventFailure for an unknown user, or one that the agent may not become
 */
export async function scriptCommand(script: HookScript, path: string): Promise<ScriptCommand> {
  const { runas, sudo, location } = script;
  if (runas === null) {
    return sudo
      ? { program: "sudo", argv: ["-n", "--", path], environment: {} }
      : { program: path, argv: [], environment: {} };
  }
  const account = await userOf(runas, location);
  const environment = accountEnvironment(account, readHostEnvironment());
  if (sudo) return { program: "sudo", argv: ["-n", "-u", runas, "--", path], environment };
  const uid = process.geteuid?.();
  if (uid === account.uid) return { program: path, argv: [], environment };
  if (uid !== 0) {
    throw new EventFailure(
      `Script at specified location: ${location} run as user ${runas} failed because the agent does not run as root, so it ` +
        `cannot become ${runas}. Run the agent as root or as ${runas}, or add 'sudo: true' and a sudoers rule for it.`,
      { errorCode: AGENT_ERROR_CODES.scriptFailed, scriptName: location },
    );
  }
  return { ...changeOfUser(account, path, location), environment };
}

function changeOfUser(account: UserAccount, path: string, location: string): Pick<ScriptCommand, "program" | "argv"> {
  const runuser = findProgram("runuser");
  if (runuser) return { program: runuser, argv: ["-u", account.name, "--", path] };
  const setpriv = findProgram("setpriv");
  if (setpriv) {
    const ids = ["--reuid", String(account.uid), "--regid", String(account.gid), "--init-groups"];
    return { program: setpriv, argv: [...ids, "--", path] };
  }
  throw new EventFailure(
    `Script at specified location: ${location} run as user ${account.name} failed because this host has neither runuser ` +
      "nor setpriv. Install util-linux, for example: apt-get install util-linux",
    { errorCode: AGENT_ERROR_CODES.scriptFailed, scriptName: location },
  );
}

async function userOf(name: string, location: string): Promise<UserAccount> {
  try {
    return await userByName(name, `the script ${location} has to run as this user`);
  } catch (error) {
    if (!(error instanceof EventFailure)) throw error;
    throw new EventFailure(`Script at specified location: ${location} run as user ${name} failed: ${error.message}`, {
      errorCode: AGENT_ERROR_CODES.scriptFailed,
      scriptName: location,
      cause: error,
    });
  }
}

function findProgram(name: string): string | undefined {
  return PROGRAM_DIRECTORIES.map((directory) => `${directory}/${name}`).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
