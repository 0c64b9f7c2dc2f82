/** One server of one backend, as a balancer sees it at one moment. */
export interface ServerState {
  readonly backend: string;
  readonly server: string;
  /** Null where the configuration gives a name that has not been resolved. */
  readonly address: string | null;
  readonly port: number;
  /** `UP`, `UP 1/3` (falling), `DOWN`, `DOWN 1/2` (rising), `DRAIN`, `MAINT`, `no check` and so on: the word of `show stat`. */
  readonly status: string;
  /** Put into maintenance by a command or by `disabled` in the configuration. */
  readonly isForcedMaintenance: boolean;
  /** Drained by a command. */
  readonly isForcedDrain: boolean;
  /** How it is known whether the server serves. `other`: an agent's word, or the check of a server that this one tracks. */
  readonly check: "own" | "other" | "none";
  /** `L7OK`, `L4CON`, `INI` before the first; empty without a check of its own. `* ` before it: one is running. */
  readonly checkStatus: string;
  /** The outcome of the last check in the balancer's words. */
  readonly checkReason: string;
  /** Requests that the server works on, and that wait for it. */
  readonly sessions: number;
  readonly queued: number;
  /** As set; `show stat` has the effective one. */
  readonly weight: number;
  /** Its line in `show servers state`, from which another process can take its health over. */
  readonly line: string;
}

/** What one balancer says. */
export interface BalancerState {
  /** Differs between any two processes of HAProxy, also where a container gives each the same pid. */
  readonly process: string;
  /** `description` of the configuration; empty: it has none. */
  readonly description: string;
  readonly servers: readonly ServerState[];
  /** Requests by backend since the process began; only in an answer to {@link SHOW_STATE_AND_REQUESTS}. */
  readonly requests: ReadonlyMap<string, number>;
}

/** Everything in one connection, so that the three answers belong together. 4: servers only. */
export const SHOW_STATE = "show info;show servers state;show stat -1 4 -1";
/** 6: backends, too. */
export const SHOW_STATE_AND_REQUESTS = "show info;show servers state;show stat -1 6 -1";

/** Bits of srv_admin_state and srv_check_state in `show servers state` (HAProxy's management guide, 9.3). */
const FORCED_MAINTENANCE = 0x01;
const FORCED_DRAIN = 0x08;
const CHECK_ENABLED = 0x04;
/** HAProxy's `check_code` for as long as a check runs. */
const NO_ANSWER = "0";

/**
 * Throws an Error that says what is missing when the text is not an answer to {@link SHOW_STATE}.
 *
 * @param before an earlier reading: while HAProxy checks a server again, it does not say what the check before was answered
 */
export function parseBalancerState(text: string, before?: BalancerState): BalancerState {
  const pid = /^Pid: (\d+)$/m.exec(text)?.[1];
  const stateStart = text.indexOf("\n# be_id ");
  const statStart = text.indexOf("\n# pxname,");
  if (pid === undefined || stateStart < 0 || statStart < stateStart) {
    throw new Error(`did not answer with its state: ${text.trim().split("\n", 1)[0] || "nothing"}`);
  }
  // Not in every version of HAProxy; the pid alone tells processes apart well enough there.
  const startSeconds = /^Start_time_sec: (\d+)$/m.exec(text)?.[1] ?? "";
  const states = parseTable(text.slice(stateStart + 1, statStart), (line) => line.split(" "));
  const stats = parseTable(text.slice(statStart + 1), splitCsvLine);
  const statOf = new Map(stats.map((stat) => [`${stat("pxname")}/${stat("svname")}`, stat]));
  const earlier = new Map(before?.servers.map((server) => [`${server.backend}/${server.server}`, server]));
  const servers = states.flatMap((state) => {
    const stat = statOf.get(`${state("be_name")}/${state("srv_name")}`);
    // Absent: a server that was deleted between the two commands.
    if (!stat) return [];
    return [toServerState(state, stat, earlier.get(`${state("be_name")}/${state("srv_name")}`))];
  });
  const backends = stats.filter((stat) => stat("svname") === "BACKEND");
  return {
    process: `${pid}@${startSeconds}`,
    description: /^description: (.*)$/m.exec(text)?.[1] ?? "",
    servers,
    requests: new Map(backends.map((stat) => [stat("pxname"), Number(stat("stot"))])),
  };
}

/** Sessions by `backend/server`, of an answer to `show stat -1 4 -1`. */
export function parseSessions(text: string): ReadonlyMap<string, number> {
  const rows = parseTable(text.slice(text.indexOf("# pxname,")), splitCsvLine);
  return new Map(rows.map((row) => [`${row("pxname")}/${row("svname")}`, Number(row("scur"))]));
}

/** `show map` to key and value. */
export function parseMap(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").flatMap((line) => {
      const [, key, value] = /^0x[0-9a-f]+ (\S+) (.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
}

/** A cell by its column; without one, the whole line. */
type Row = (column?: string) => string;

function toServerState(state: Row, stat: Row, earlier: ServerState | undefined): ServerState {
  const adminState = Number(state("srv_admin_state"));
  const isChecked = (Number(state("srv_check_state")) & CHECK_ENABLED) !== 0;
  const isToldByOthers = (Number(state("srv_agent_state")) & CHECK_ENABLED) !== 0 || stat("tracked") !== "";
  const address = state("srv_addr");
  return {
    backend: state("be_name"),
    server: state("srv_name"),
    address: address === "-" ? null : address,
    port: Number(state("srv_port")),
    status: stat("status"),
    isForcedMaintenance: (adminState & FORCED_MAINTENANCE) !== 0,
    isForcedDrain: (adminState & FORCED_DRAIN) !== 0,
    check: isChecked ? "own" : isToldByOthers ? "other" : "none",
    checkStatus: stat("check_status"),
    checkReason: checkReason(stat, earlier),
    sessions: Number(stat("scur")),
    queued: Number(stat("qcur")),
    weight: Number(state("srv_uweight")),
    line: state(),
  };
}

/** `Layer7 wrong status (L7STS 503): Service Unavailable` */
function checkReason(stat: Row, earlier: ServerState | undefined): string {
  const outcome = outcomeOf(stat("check_status"));
  const answer = stat("check_code") === NO_ANSWER ? "" : stat("check_code");
  const isRunning = outcome !== stat("check_status");
  if (isRunning && answer === "" && earlier && outcomeOf(earlier.checkStatus) === outcome) return earlier.checkReason;
  const code = [outcome, answer].filter(Boolean).join(" ");
  if (code === "") return "";
  const last = stat("last_chk");
  return `${stat("check_desc") || "health check"} (${code})${last ? `: ${last}` : ""}`;
}

/** Without the mark of a check that is running again. */
function outcomeOf(checkStatus: string): string {
  return checkStatus.replace(/^\* /, "");
}

/** Rows up to the first empty line, by the names in the heading `# a b c`. */
function parseTable(text: string, split: (line: string) => string[]): Row[] {
  const [heading = "", ...lines] = text.slice("# ".length).split("\n");
  const columns = new Map(split(heading).map((name, index) => [name, index]));
  const end = lines.indexOf("");
  return lines.slice(0, end < 0 ? lines.length : end).map((line) => {
    const cells = split(line);
    return (column) => (column === undefined ? line : (cells[columns.get(column) ?? -1] ?? ""));
  });
}

/** HAProxy quotes a field that holds a comma or a quote, and doubles the quotes in it. */
function splitCsvLine(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}
