import { setTimeout as pause } from "node:timers/promises";
import { expectThat, Unexpected } from "./demo-stage.ts";

/** As many as show the share of a canary to the eye. */
export const SHOWN_REQUESTS = 200;
/** Six standard deviations of such a share. */
const TOLERATED_POINTS = 13;
/** Only ends what hangs. */
const HANGS_AFTER_MILLISECONDS = 300_000;
const LOOK_AGAIN_MILLISECONDS = 200;

/**
 * Prints how many of {@link SHOWN_REQUESTS} requests each version has answered; the shares have to be near to the wanted ones.
 * @param wanted percent, by version
 */
export function showShares(answers: ReadonlyMap<string, number>, wanted: Readonly<Record<string, number>>): void {
  for (const [version, count] of [...answers].sort())
    console.log(`  version ${version}: ${count} of ${SHOWN_REQUESTS}`);
  const versions = new Set([...answers.keys(), ...Object.keys(wanted)]);
  for (const version of versions) {
    const percent = ((answers.get(version) ?? 0) * 100) / SHOWN_REQUESTS;
    const share = wanted[version] ?? 0;
    const isNear = share === 0 || share === 100 ? percent === share : Math.abs(percent - share) <= TOLERATED_POINTS;
    expectThat(isNear, `version ${version} answers ${percent} % of the requests, not ${share} %`);
  }
}

export async function until(what: string, isThere: () => Promise<boolean>): Promise<void> {
  const givesUpAt = performance.now() + HANGS_AFTER_MILLISECONDS;
  while (!(await isThere())) {
    if (performance.now() > givesUpAt) throw new Unexpected(`${what} does not come`);
    await pause(LOOK_AGAIN_MILLISECONDS);
  }
}
