/** Two clocks that are too far apart for signatures. */
export interface ClockTrouble {
  /** By how many seconds the host's clock is ahead of this server's (behind: negative). */
  readonly secondsAhead: number;
  /** Whose clock is off, as far as this server can tell: where one host alone was heard, nobody can say which of the two is. */
  readonly whose: "host" | "server" | "unknown";
  /** Of the server's: how many hosts agree that it is off. */
  readonly hosts?: number;
}

/** `the clock of web-1 is 600 s behind this server's`. */
export function clockWords(hostLabel: string, { secondsAhead, whose, hosts = 1 }: ClockTrouble): string {
  const seconds = Math.abs(secondsAhead);
  const isAhead = secondsAhead > 0;
  switch (whose) {
    case "host":
      return `the clock of ${hostLabel} is ${seconds} s ${isAhead ? "ahead of" : "behind"} this server's`;
    case "server":
      return `this server's clock is ${seconds} s ${isAhead ? "behind" : "ahead of"} the clocks of ${hosts} hosts, which agree with each other`;
    case "unknown":
      return `the clock of ${hostLabel} is ${seconds} s ${isAhead ? "ahead of" : "behind"} this server's, and either may be wrong`;
    default:
      return whose satisfies never;
  }
}

/** What sets a machine's clock, and keeps it right. */
export const SET_CLOCK = "timedatectl set-ntp true";

/** The command line that mends it, and where to run it. */
export function clockCure(hostLabel: string, { whose }: ClockTrouble): string {
  const places = {
    host: hostLabel,
    server: "the machine of this server",
    unknown: `${hostLabel} and on the machine of this server`,
  };
  return `${SET_CLOCK} on ${places[whose]}`;
}

/** Both, as a sentence. */
export function clockSentence(hostLabel: string, trouble: ClockTrouble): string {
  const words = clockWords(hostLabel, trouble);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}. Run ${clockCure(hostLabel, trouble)}.`;
}
