import { execFile } from "node:child_process";
import type { PermissionRule } from "@sluice/model/app-spec/install-values.ts";
import { EventFailure } from "../event-failure.ts";

export type SecurityContext = NonNullable<PermissionRule["context"]>;

/** The policy is compiled anew for every rule. */
const SEMANAGE_TIMEOUT_MILLISECONDS = 60_000;
const REASON_CHARACTERS = 500;

/**
 * Adds a rule for one path to the host's SELinux policy, and labels what is there by it, as the reference agent does.
 * @param path free of links
 * @throws EventFailure in the reference agent's words
 */
export async function addSecurityContext({ user, type, range }: SecurityContext, path: string): Promise<void> {
  const settings = [...(user === null ? [] : ["-s", user]), "-t", type, ...(range === null ? [] : ["-r", range])];
  await runChecked("semanage", ["fcontext", "-a", ...settings, path]);
  await runChecked("restorecon", ["-v", path]);
}

/** Also where there is none any more: a crash can have come before it was added. */
export async function removeSecurityContext(path: string): Promise<void> {
  await run("semanage", ["fcontext", "-d", path]);
}

async function runChecked(program: string, argv: readonly string[]): Promise<void> {
  const { failure, complaint } = await run(program, argv);
  if (failure === undefined) return;
  throw new EventFailure(
    "The deployment failed because the application specification file contains an error in the settings for the context parameter. Update the permissions " +
      `section of the AppSpec file, and then try again. Failed command: ${program} ${argv.join(" ")}. Exit code: ${failure}`,
    { hint: `${program} says: ${complaint.trim().slice(0, REASON_CHARACTERS)}` },
  );
}

/** `failure`: the exit code or the system's word; undefined where it went well. */
function run(
  program: string,
  argv: readonly string[],
): Promise<{ readonly failure: string | undefined; readonly complaint: string }> {
  return new Promise((resolve) => {
    execFile(program, argv, { timeout: SEMANAGE_TIMEOUT_MILLISECONDS }, (error, _, complaint) => {
      resolve({ failure: error === null ? undefined : String(error.code ?? error.signal), complaint });
    });
  });
}
