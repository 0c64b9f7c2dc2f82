import { readdirSync, readFileSync } from "node:fs";

/** The ids of the processes of users from `first` to `last`, but for those that have ended and are not waited for yet. */
export function processesOfUsers({
  first,
  last,
}: {
  readonly first: number;
  readonly last: number;
}): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const uid = Number(/^Uid:\s+([0-9]+)/m.exec(status)?.[1]);
      return uid >= first && uid <= last && !/^State:\s+[ZX]/m.test(status);
    } catch {
      return false;
    }
  });
}
