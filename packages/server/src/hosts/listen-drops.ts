import { readFileSync } from "node:fs";

const NETSTAT = "/proc/net/netstat";
const COUNTERS = ["ListenOverflows", "ListenDrops"];
/**
 * The kernel counts for all programs of this network namespace. An overflow of ours means that thousands of connections wait at our door;
 * while hardly any come in, it was another program's.
 */
const MIN_ACCEPTED = 50;

/**
 * Connections that the kernel dropped because a listener's queue was full, on Linux. A host whose connection is dropped hears nothing and
 * tries again a second, three and seven seconds later, while a probe may be lucky and get through.
 */
export class ListenDrops {
  readonly #read: () => string;
  readonly #accepted: () => number;
  #drops: number;
  #acceptedBefore = 0;

  /** @param accepted connections that all listeners of this server have accepted since its start */
  constructor(accepted: () => number, read: () => string = () => readFileSync(NETSTAT, "utf8")) {
    this.#accepted = accepted;
    this.#read = read;
    this.#drops = this.#total();
  }

  /** How many since the last call; 0 where it cannot be known. */
  newDrops(): number {
    const drops = this.#total();
    const accepted = this.#accepted();
    const isOurs = accepted - this.#acceptedBefore >= MIN_ACCEPTED;
    const newDrops = drops - this.#drops;
    this.#drops = drops;
    this.#acceptedBefore = accepted;
    return isOurs ? Math.max(0, newDrops) : 0;
  }

  #total(): number {
    let text: string;
    try {
      text = this.#read();
    } catch {
      return 0;
    }
    const [names = [], values = []] = text
      .split("\n")
      .filter((line) => line.startsWith("TcpExt:"))
      .map((line) => line.split(" "));
    // An overflow counts as a drop, too; a kernel may know only one of the two.
    return Math.max(0, ...COUNTERS.map((name) => Number(values[names.indexOf(name)] ?? 0)));
  }
}
