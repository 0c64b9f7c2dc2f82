import { expect, it, vi } from "vitest";
import type { AgentProcess } from "./host-process.ts";
import { keepAgents } from "./keep-agents.ts";

function hostWithAgents() {
  const printed = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const ends: ((status: NodeJS.Signals) => void)[] = [];
  const agent = (): AgentProcess => {
    const ended = new Promise<NodeJS.Signals>((resolve) => ends.push(resolve));
    return { processId: 1, ended, stop: async () => {}, kill: async () => {} };
  };
  const host = {
    name: "host-1",
    id: "i-1",
    logFile: "/x/agent.log",
    agent: agent(),
    restartAgent: async () => {
      host.agent = agent();
    },
  };
  return { host, ends, said: () => printed.mock.calls.join("") };
}

it("an agent that ends by itself is started again, and named, until all is to end (aws-codedeploy-agent, issue 402)", async () => {
  const { host, ends, said } = hostWithAgents();
  const kept = keepAgents([host], 1);
  for (const started of [2, 3]) {
    ends.at(-1)?.("SIGKILL");
    await vi.waitFor(() => expect(ends).toHaveLength(started));
  }
  await kept.end();
  ends.at(-1)?.("SIGTERM");
  await host.agent.ended;
  expect(ends).toHaveLength(3);
  expect(said()).toBe(
    "host-1 (i-1): its agent has stopped (SIGKILL), and is started again. See /x/agent.log\n".repeat(2),
  );
});

it("no agent is started while all ends, not even one that was about to be", async () => {
  const { host, ends, said } = hostWithAgents();
  const kept = keepAgents([host], 3_600_000);
  ends[0]?.("SIGKILL");
  await vi.waitFor(() => expect(said()).toContain("SIGKILL"));
  await kept.end();
  expect(ends).toHaveLength(1);
});
