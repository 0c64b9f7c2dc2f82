import { spawn } from "node:child_process";

/** systemd, when it started this process and waits to hear of it (`Type=notify`, `WatchdogSec=`). */
export interface ServiceManager {
  /** The service does its work from now on. */
  tellReady(): void;
  tellStopping(): void;
  /** Ends what it is told by itself. */
  close(): void;
}

const MICROSECONDS_PER_MILLISECOND = 1_000;
/** Half of the time after which systemd takes the process for hung, as sd_watchdog_enabled(3) says. */
const WATCHDOG_SHARE = 0.5;

/**
 * Node cannot write to systemd's socket, which is one of datagrams: `systemd-notify` does, so that the unit needs `NotifyAccess=all`. While the event
 * loop turns, systemd is told so as often as it asks.
 * @returns undefined: nobody wants to hear
 */
export function ownServiceManager(environment: NodeJS.ProcessEnv = process.env): ServiceManager | undefined {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: watchdog } = environment;
  if (!socket) return undefined;
  const tell = (state: string): void => {
    const child = spawn("systemd-notify", [state], { stdio: "ignore", env: environment });
    // Without the program systemd ends the start, and its journal says that it heard nothing.
    child.once("error", () => undefined);
    child.unref();
  };
  const period = (Number(watchdog) / MICROSECONDS_PER_MILLISECOND) * WATCHDOG_SHARE;
  const timer = period > 0 ? setInterval(() => tell("WATCHDOG=1"), period).unref() : undefined;
  return {
    tellReady: () => tell("READY=1"),
    tellStopping: () => tell("STOPPING=1"),
    close: () => clearInterval(timer),
  };
}
