import { LIFECYCLE_EVENTS } from "@sluice/model/lifecycle-event.ts";

/** Of a local deployment, in the order in which they run: those of a host behind a load balancer, save the balancer's own. */
export const LOCAL_EVENTS: readonly string[] = LIFECYCLE_EVENTS.filter(
  (event) => event !== "BlockTraffic" && event !== "AllowTraffic",
);

/** Those that run with the scripts of the revision before, and so may come before the new one is there. */
const OF_FORMER_REVISION: readonly string[] = ["BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop"];
const REQUIRED = ["DownloadBundle", "Install"] as const;

/** The events of `--events` cannot run in this order. */
export class WrongEventOrder extends Error {
  override readonly name = "WrongEventOrder";
}

/**
 * The events that run: all of them, or those that are asked for with DownloadBundle and Install, without which there is nothing to run. These two
 * come first, as in the reference's local mode, unless they are asked for at a place of their own.
 * @throws WrongEventOrder when an event would run before what it needs
 */
export function eventsToRun(asked: readonly string[] | undefined): readonly string[] {
  if (asked === undefined) return LOCAL_EVENTS;
  checkBefore("DownloadBundle", OF_FORMER_REVISION, asked);
  checkBefore("Install", [...OF_FORMER_REVISION, "DownloadBundle", "BeforeInstall"], asked.filter(isKnown));
  const events = [...REQUIRED.filter((event) => !asked.includes(event)), ...asked];
  const [download, install] = [events.indexOf("DownloadBundle"), events.indexOf("Install")];
  if (install < download) {
    events[download] = "Install";
    events[install] = "DownloadBundle";
  }
  return events;
}

function isKnown(event: string): boolean {
  return LOCAL_EVENTS.includes(event);
}

function checkBefore(event: string, allowed: readonly string[], asked: readonly string[]): void {
  if (!asked.includes(event)) return;
  const early = asked.slice(0, asked.indexOf(event)).find((one) => !allowed.includes(one));
  if (early === undefined) return;
  throw new WrongEventOrder(
    `${early} comes before ${event}, but only ${allowed.join(", ")} can. Put ${early} after ${event}, or leave ${event} out: it then runs first`,
  );
}
