import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the AWS agent's packages put it. */
export const AWS_AGENT_DIRECTORY = "/opt/codedeploy-agent";
/** As its launcher, its master process and its children are called. */
const AWS_AGENT_PROCESS = /codedeploy-agent/;

/** That the AWS agent runs on this host too, with what to do. Two agents that deploy to one host install over each other. */
export function awsAgentBeside(processes = "/proc"): string | undefined {
  const running = readdirSync(processes).find((name) => /^\d+$/.test(name) && isAwsAgent(join(processes, name)));
  if (running === undefined) return undefined;
  return `the AWS agent runs on this host too (process ${running}). Two agents that deploy to the same paths overwrite each other. Stop it, and let this agent take over what it has installed: sudo systemctl disable --now codedeploy-agent; sudo sluice agent adopt --from ${AWS_AGENT_DIRECTORY}/deployment-root`;
}

function isAwsAgent(directory: string): boolean {
  try {
    return AWS_AGENT_PROCESS.test(readFileSync(join(directory, "cmdline"), "utf8"));
  } catch {
    return false; // it has ended meanwhile
  }
}
