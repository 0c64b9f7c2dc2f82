import type { ActOnDeploymentInput, ActOnDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import type { Command } from "commander";
import { print, printJson } from "../output.ts";
import type { Connection } from "../place/server-connection.ts";

export interface ReasonOptions {
  readonly reason?: string;
}

export function addReasonOption(command: Command): Command {
  return command.option("--reason <text>", "why, in a sentence: it is kept with the deployment");
}

/** Does it by the one operation that keeps the reason with what was done. */
export async function actWithReason(
  { sluice }: Connection,
  input: ActOnDeploymentInput,
  { json }: { readonly json?: boolean | undefined },
): Promise<ActOnDeploymentOutput> {
  const answer = await sluice.call("ActOnDeployment", input);
  if (json) printJson(answer);
  else print(`${input.deploymentId}: ${answer.message}`);
  return answer;
}
