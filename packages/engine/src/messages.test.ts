import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { describe, expect, it } from "vitest";
import { candidate, HALF_AT_A_TIME, ONE_AT_A_TIME, PlayedDeployment, SCRIPT_FAILED } from "./engine.fixture.ts";
import { nameHosts } from "./messages.ts";
import { STOP_GRACE_MILLISECONDS } from "./time-limits.ts";

const web = (index: number) => candidate(`i-${index}`, { hostName: `web-${index}`, wasHealthy: true });

describe("messages", () => {
  it("name a host NAME (id), and once when both are the same", () => {
    expect(nameHosts([{ hostName: "web-1", targetId: "i-0abc" }])).toBe("web-1 (i-0abc)");
    expect(nameHosts([{ hostName: "web-1", targetId: "web-1" }])).toBe("web-1");
  });

  it("do not say host twice of a host that is called so", () => {
    const candidates = ["web-1", "host-1"].map((hostName) =>
      candidate(`i-${hostName}`, { hostName, wasHealthy: true }),
    );
    const failures = candidates.map((one) => {
      const played = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: [one] });
      return played.play(() => true).state.error?.message;
    });
    expect(failures[0]).toContain("First failure: host web-1 (i-web-1) at ");
    expect(failures[1]).toContain("First failure: host-1 (i-host-1) at ");
  });

  it.each<[LifecycleEventName, string]>([
    ["DownloadBundle", "its download may still be running"],
    ["Install", "it may still be running"],
    ["AfterInstall", "its scripts may still be running"],
  ])("of a stop in %s say what may go on", (event, goesOn) => {
    const played = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: [web(1)] });
    played.plan();
    played.bringTo("i-1", event);
    played.acknowledge("i-1");
    played.stop();
    played.plan();
    played.now += STOP_GRACE_MILLISECONDS;
    played.plan();
    const said = played.eventOf("i-1", event)?.diagnostics?.message;
    expect(said).toContain(`The event may have ended, or ${goesOn}. `);
    expect(played.state.statusMessages.join()).toContain(`was not reported, and ${goesOn}: web-1 (i-1).`);
  });

  it("of spent health: AWS's sentence first, then the arithmetic, the host, event, script, message and log tail", () => {
    const played = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: [web(1), web(2), web(3)] });
    played.play((_, event) => event === "ApplicationStart");
    expect(played.state.error).toEqual({
      code: "HEALTH_CONSTRAINTS",
      message:
        "The overall deployment failed because too many individual instances failed deployment, too few healthy instances are available for deployment, or some instances in your deployment group are experiencing problems. " +
        "1 of 3 hosts failed; at least 2 must stay healthy and at least one must succeed. " +
        `First failure: host web-1 (i-1) at ApplicationStart, script check.sh: ${SCRIPT_FAILED.message} Log tail: [stderr]connection refused`,
    });
  });

  it("of spent health of one host count it as one, and leave out a minimum of none", () => {
    const played = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: [web(1)] });
    played.play((_, event) => event === "ApplicationStart");
    expect(played.state.error?.message).toContain(" 1 of 1 host failed; at least one must succeed. First failure: ");
  });

  it("of several failures name the one that came first, whatever its place in the order", () => {
    const played = new PlayedDeployment({ healthRule: HALF_AT_A_TIME, candidates: [web(1), web(2), web(3), web(4)] });
    played.plan();
    for (const [id, message] of [
      ["i-2", "the cause"],
      ["i-1", "a consequence"],
    ] as const) {
      played.now += 1000;
      played.acknowledge(id);
      played.complete(id, false, { ...SCRIPT_FAILED, message });
    }
    played.plan();
    expect(played.state.error?.message).toContain(
      "First failure: host web-2 (i-2) at ApplicationStop, script check.sh: the cause",
    );
    expect(played.state.error?.message).not.toContain("a consequence");
  });

  it("quote the end of a long log, and only its end", () => {
    const played = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: [web(1)] });
    played.plan();
    played.acknowledge("i-1");
    played.complete("i-1", false, { ...SCRIPT_FAILED, logTail: `${"x".repeat(4000)}the last words` });
    played.plan();
    expect(played.state.error?.message).toMatch(/xxx the last words$|xxxthe last words$/);
    expect(played.state.error?.message.length).toBeLessThan(2000);
  });

  it("of a success with failed hosts name them, since the status alone would hide them", () => {
    const played = new PlayedDeployment({ healthRule: HALF_AT_A_TIME, candidates: [web(1), web(2), web(3), web(4)] });
    played.play((id) => id === "i-3");
    expect(played.state.status).toBe("Succeeded");
    expect(played.state.error).toBeNull();
    expect(played.state.statusMessages).toEqual([
      `Succeeded with 1 failed host: host web-3 (i-3) at ApplicationStop, script check.sh: ${SCRIPT_FAILED.message}`,
    ]);
  });

  it("of a success without failed hosts there are none", () => {
    const played = new PlayedDeployment({ healthRule: HALF_AT_A_TIME, candidates: [web(1), web(2)] });
    expect(played.play().state.statusMessages).toEqual([]);
  });
});
