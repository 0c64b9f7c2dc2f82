import { writeFileSync } from "node:fs";

/** What `ps`, `pidof` and `killall` see as the name: proc(5), `comm`. Node has put a name of its own there. */
const OWN_NAME_FILE = "/proc/self/comm";
const NODE = /node/i;

/**
 * Gives a program that stays a name of its own, with its directory where `ps` shows the command line: a hook that stops "the node app" by that name, or by
 * anything in the command line (`pkill -f node`), does not mean it.
 */
export function nameProcess(name: "sluice-agent" | "sluice-server" | "sluice-up", directory: string | undefined): void {
  process.title = directory === undefined || NODE.test(directory) ? name : `${name} --data ${directory}`;
  try {
    writeFileSync(OWN_NAME_FILE, name);
  } catch {
    // No /proc: the title has set it, though with the directory.
  }
}
