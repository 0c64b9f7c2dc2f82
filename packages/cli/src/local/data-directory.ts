import { homedir } from "node:os";
import { join } from "node:path";

const OF_ROOT = "/var/lib/sluice-local";

/** Where local deployments are kept when nobody says where: apart from an agent's, which may run. */
export function localDataDirectory(): string {
  if (process.geteuid?.() === 0) return OF_ROOT;
  return join(process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "sluice-local");
}
