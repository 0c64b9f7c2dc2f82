/**
 * What the agent, its supervisor (`supervise.sh`) and an upgrade say to each other: file names and an exit code. The shell has them by their text; a test
 * holds both together.
 */

/** Where an installed agent's programs lie, all of them executables. */
export const PROGRAMS_DIRECTORY = "/usr/local/lib/sluice/agent";
export const PROGRAM_FILES = {
  current: "current",
  /** What ran before the last switch. */
  previous: "previous",
  /** Fetched and checked, and not yet switched to. */
  next: "next",
  supervise: "supervise",
} as const;

/** Set by the supervisor: the directory of its programs. An agent without it was started by hand, from a checkout or by a package. */
export const PROGRAMS_VARIABLE = "SLUICE_PROGRAMS";
/** Set by the supervisor: its process id. */
export const SUPERVISOR_VARIABLE = "SLUICE_SUPERVISOR";

/** With it an agent ends that asks its supervisor to put `next` in its place. */
export const SWITCH_EXIT_CODE = 75;

/** In the agent's directory. */
export const UPGRADE_FILES = {
  /** `{ version, from, sha256, isDowngrade }`, written before the switch: the new program is on trial. */
  pending: "upgrade.json",
  /** Written by the new program when the server has answered its first poll. */
  confirmed: "upgrade-confirmed",
  /** One line, by the supervisor: why the previous program runs again. */
  restored: "upgrade-restored",
} as const;

/** By the supervisor: process id and start in clock ticks of its agent, which may outlive it, and its own. */
export const SUPERVISED_AGENT_FILE = "supervised-agent";

/** How long a new program may take until the server has answered it. */
export const CONFIRM_SECONDS = 60;
