/** Which program runs a command line, and with which of Node's settings. */
export interface ProgramChoice {
  readonly program: "agent" | "server" | "sluice";
  /** Of V8 and Node, which only a start can take; none for a command that ends soon. */
  readonly options: readonly string[];
  /** What `ps` shows of it until it names itself. */
  readonly name: string;
}

/**
 * As the launcher does (bin/sluice), for a release in one executable; a test holds both to each other. The settings are for those that stay: they
 * cost another start.
 * @param argv without Node and the program
 */
export function chooseProgram(argv: readonly string[]): ProgramChoice {
  const [verb, part] = argv;
  switch (verb) {
    case "agent":
      return { program: "agent", options: part === "run" ? AGENT_OPTIONS : [], name: "sluice-agent" };
    case "server":
      return { program: "server", options: SERVER_OPTIONS, name: "sluice-server" };
    case "local":
      return { program: "agent", options: [], name: "sluice" };
    case "up":
    case "restore":
    case "doctor":
      return { program: "server", options: [], name: "sluice" };
    default:
      return { program: "sluice", options: [], name: "sluice" };
  }
}

/** docs/reference/performance.md and ADR 7 have what each of them does. */
const SERVER_OPTIONS = ["--max-semi-space-size=4", "--heap-growing-percent=40", "--no-node-snapshot"];
const AGENT_OPTIONS = [
  "--optimize-for-size",
  "--max-semi-space-size=1",
  "--sparkplug",
  "--no-maglev",
  "--no-opt",
  "--no-node-snapshot",
];
