import { shellWord } from "@sluice/model/shell-word.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { actWithReason, addReasonOption, type ReasonOptions } from "../deployment/reason-option.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { shiftWords } from "../progress/shift-words.ts";

interface Gate {
  readonly action: string;
  readonly description: string;
  readonly example: string;
}

const GATES: readonly Gate[] = [
  {
    action: "next",
    description: "end the wait of the present step: the next part of the traffic moves now",
    example: "sluice shift next d-A1B2C3D4E --data .sluice/up",
  },
  {
    action: "finish",
    description: "move all the rest of the traffic now, in one step",
    example: "sluice shift finish d-A1B2C3D4E --data .sluice/up",
  },
  {
    action: "pause",
    description: "move no further traffic until sluice shift resume",
    example: "sluice shift pause d-A1B2C3D4E --data .sluice/up",
  },
  {
    action: "resume",
    description: "let a paused shift go on by its schedule",
    example: "sluice shift resume d-A1B2C3D4E --data .sluice/up",
  },
];

export function define(command: Command): void {
  for (const gate of GATES) defineGate(command, gate);
}

function defineGate(parent: Command, { action, description, example }: Gate): void {
  const command = parent.command(action).description(description);
  command.argument("<deployment>", "the deployment's id, such as d-A1B2C3D4E");
  addReasonOption(command);
  addJsonOption(addClientOptions(command));
  addExamples(command, example);
  command.addHelpText(
    "after",
    "\nFor a deployment to ECS or Lambda whose traffic moves at this moment (AllowTraffic). Alarms are watched on. To take the traffic back: sluice stop DEPLOYMENT --rollback",
  );
  command.action(async (deploymentId: string, options: ClientOptions & ReasonOptions) => {
    using connection = connect(options);
    const { shift: seen } = await connection.sluice.call("GetDeploymentWaits", { deploymentId });
    const percent = seen?.percent;
    if (options.reason !== undefined) {
      await actWithReason(connection, { deploymentId, action, reason: options.reason, percent }, options);
      return;
    }
    const answer = await connection.sluice.call("ChangeShift", { deploymentId, action, percent });
    if (options.json) {
      printJson(answer);
      return;
    }
    const data = connection.dataDirectory === undefined ? "" : ` --data ${shellWord(connection.dataDirectory)}`;
    print(`${deploymentId}: ${shiftWords(answer.shift)}`);
    print(`To follow it: sluice watch ${deploymentId}${data}`);
  });
}
