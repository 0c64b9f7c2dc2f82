import { existsSync } from "node:fs";

/** Where an installed agent's things lie, beside its programs (`agent/supervision/programs.ts`). */
export const AGENT_DATA_DIRECTORY = "/var/lib/sluice-agent";
/** The command line, for whoever looks after the host. */
export const PROGRAM_LINK = "/usr/local/bin/sluice";
export const UNIT_NAME = "sluice-agent.service";
export const UNIT_FILE = `/etc/systemd/system/${UNIT_NAME}`;
/** Of Sluice's Debian package. The one in /etc takes its place where both are there. */
const PACKAGE_UNIT_FILE = `/usr/lib/systemd/system/${UNIT_NAME}`;
/** Of a host without systemd, whose journal the log otherwise goes to. */
export const LOG_FILE = "/var/log/sluice-agent.log";

/** The unit of the Debian package, if that is installed. */
export function packageUnit(file: string = PACKAGE_UNIT_FILE): string | undefined {
  return existsSync(file) ? file : undefined;
}
