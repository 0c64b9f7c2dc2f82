import { describe, expect, it } from "vitest";
import { type BalancerState, parseBalancerState } from "./balancer-state.ts";

const INFO = "Name: HAProxy\nPid: 42\nStart_time_sec: 1795468452\nDescription: Pid: 7\n\n";
const STATES = [
  "1",
  "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_check_state srv_agent_state srv_port",
  "3 web 1 s1 10.0.0.1 2 1 14 0 8080",
  "3 web 2 s2 fd00::1 2 8 0 0 8080",
  "4 api 1 s1 - 2 0 0 22 0",
  "4 api 2 gone 10.0.0.3 2 0 0 0 8080",
  "",
  "",
].join("\n");
const STATS = [
  "# pxname,svname,qcur,scur,status,tracked,check_status,check_code,check_desc,last_chk,",
  'web,s1,2,3,MAINT,,* L7STS,503,Layer7 wrong status,"said ""no"", twice",',
  "web,s2,0,0,DRAIN,,,,,,",
  "api,s1,0,0,UP,,,,,,",
  "",
  "",
].join("\n");

describe("the state of a balancer", () => {
  const { process, servers } = parseBalancerState(INFO + STATES + STATS);

  it("names the process", () => {
    expect(process).toBe("42@1795468452");
    expect(parseBalancerState(`Pid: 42\n\n${STATES}${STATS}`).process).toBe("42@");
  });

  it("joins both tables, server by server", () => {
    expect(servers).toMatchObject([
      {
        backend: "web",
        server: "s1",
        address: "10.0.0.1",
        port: 8080,
        status: "MAINT",
        isForcedMaintenance: true,
        isForcedDrain: false,
        check: "own",
        checkStatus: "* L7STS",
        checkReason: 'Layer7 wrong status (L7STS 503): said "no", twice',
        sessions: 3,
        queued: 2,
      },
      expect.objectContaining({
        server: "s2",
        address: "fd00::1",
        isForcedDrain: true,
        check: "none",
        checkReason: "",
      }),
      expect.objectContaining({ backend: "api", address: null, check: "other" }),
    ]);
  });

  it("says what the last check was answered, also while the next one runs", () => {
    const reasonOf = (check: string, before?: BalancerState) => {
      const stats = STATS.replace('* L7STS,503,Layer7 wrong status,"said ""no"", twice"', check);
      const state = parseBalancerState(INFO + STATES + stats, before);
      return { state, reason: state.servers[0]?.checkReason };
    };
    const { state, reason } = reasonOf("L7STS,503,Layer7 wrong status,Service Unavailable");
    expect(reason).toBe("Layer7 wrong status (L7STS 503): Service Unavailable");
    const running = reasonOf("* L7STS,0,Layer7 wrong status,", state);
    expect(running.reason).toBe(reason);
    expect(reasonOf("* L7STS,0,Layer7 wrong status,", running.state).reason).toBe(reason);
    expect(reasonOf("* L4CON,,Layer4 connection problem,", running.state).reason).toBe(
      "Layer4 connection problem (L4CON)",
    );
    expect(reasonOf("* L7STS,0,Layer7 wrong status,").reason).toBe("Layer7 wrong status (L7STS)");
  });

  it("is read from nothing else", () => {
    for (const text of ["", "Unknown command: 'show'\n\n", INFO, INFO + STATES, INFO + STATS, STATES + STATS]) {
      expect(() => parseBalancerState(text)).toThrow(/did not answer with its state/);
    }
  });
});
