import { shellWord } from "@sluice/model/shell-word.ts";
import type { TriggerDelivery, TriggerTest } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printJson } from "../output.ts";
import { allPages, collected } from "../place/all-pages.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { formatTable } from "../terminal/printing.ts";

interface ListOptions extends ClientOptions {
  readonly failed?: boolean;
  readonly deployment?: string;
}

interface ReplayOptions extends ClientOptions {
  readonly allFailed?: boolean;
}

interface TestOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
}

export function define(command: Command): void {
  defineList(command);
  defineReplay(command);
  defineTest(command);
}

function defineList(parent: Command): void {
  const list = parent.command("list", { isDefault: true }).description("list trigger messages and their states");
  list.option("--failed", "only those that failed").option("--deployment <id>", "only those of one deployment");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice triggers list --failed --data .sluice/up");
  list.action(async (options: ListOptions) => {
    using connection = connect(options);
    const deliveries = await listDeliveries(connection, options);
    if (options.json) printJson(deliveries);
    else print(deliveries.length === 0 ? nothingToList(options) : formatDeliveries(deliveries));
    if (!options.json && deliveries.some(({ status }) => status === "failed")) print(replayHint(options));
  });
}

function defineReplay(parent: Command): void {
  const replay = parent.command("replay").description("send messages again");
  replay
    .argument("[id]", "the message's id, as triggers list prints it")
    .option("--all-failed", "every message that failed");
  addJsonOption(addClientOptions(replay));
  addExamples(
    replay,
    "sluice triggers replay --all-failed --data .sluice/up",
    "sluice triggers replay n-5f2c6a0b9d3e4f1a2b3c4d5e --data .sluice/up",
  );
  replay.action(async (notificationId: string | undefined, options: ReplayOptions) => {
    if ((notificationId === undefined) !== (options.allFailed ?? false)) {
      throw new CommandFailed("give either a message's id or --all-failed", { exitStatus: EXIT_USAGE });
    }
    using connection = connect(options);
    const answer = await connection.sluice.call("ReplayTriggerDelivery", {
      notificationId,
      allFailed: options.allFailed,
    });
    if (options.json) printJson(answer);
    else print(replayed(notificationId, answer.replayed));
  });
}

function defineTest(parent: Command): void {
  const test = parent
    .command("test")
    .description("send a test message for each event type of a group's triggers, and show the results");
  test
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "its deployment group");
  addJsonOption(addClientOptions(test));
  addExamples(test, "sluice triggers test --application web --group demo --data .sluice/up");
  test.addHelpText("after", "\nExits with 1 if the group has no trigger, or if a message was not delivered.");
  test.action(async (options: TestOptions) => {
    using connection = connect(options);
    const { tests } = await connection.sluice.call("TestTriggers", {
      applicationName: options.application,
      deploymentGroupName: options.group,
    });
    const group = `${options.application}/${options.group}`;
    if (tests.length === 0) throw new CommandFailed(`${group} has no trigger: add one to its triggerConfigurations`);
    if (options.json) printJson(tests);
    else print(formatTests(tests));
    const failed = tests.filter(({ delivered }) => !delivered).length;
    if (failed > 0)
      throw new CommandFailed(
        `${failed} of ${tests.length} test messages of ${group} were not delivered. Correct the cause in OUTCOME, then run the test again`,
      );
  });
}

function listDeliveries({ sluice }: Connection, options: ListOptions): Promise<TriggerDelivery[]> {
  const status = options.failed ? "failed" : undefined;
  return collected(
    allPages(
      (nextToken) => sluice.call("ListTriggerDeliveries", { status, deploymentId: options.deployment, nextToken }),
      ({ deliveries }) => deliveries,
    ),
  );
}

function replayHint({ data }: ListOptions): string {
  const where = data === undefined ? "" : ` --data ${shellWord(data)}`;
  return `Correct the REASON of the failed messages, then send them again: sluice triggers replay --all-failed${where}`;
}

function nothingToList({ failed }: ListOptions): string {
  return failed ? "No message has failed." : "No trigger has sent a message.";
}

function formatDeliveries(deliveries: readonly TriggerDelivery[]): string {
  return formatTable(
    ["ID", "STATUS", "EVENT", "DEPLOYMENT", "GROUP", "TRIGGER", "ATTEMPTS", "REASON"],
    deliveries.map((delivery) => [
      delivery.notificationId,
      delivery.status,
      delivery.targetId === undefined ? delivery.eventType : `${delivery.eventType} ${delivery.targetId}`,
      delivery.deploymentId,
      `${delivery.applicationName}/${delivery.deploymentGroupName}`,
      delivery.triggerName,
      String(delivery.attempts),
      delivery.reason === undefined ? "-" : oneLine(delivery.reason),
    ]),
  );
}

function formatTests(tests: readonly TriggerTest[]): string {
  return formatTable(
    ["TRIGGER", "EVENT", "TOPIC", "OUTCOME"],
    tests.map(({ triggerName, eventType, triggerTargetArn, delivered, reason }) => [
      triggerName,
      eventType,
      triggerTargetArn,
      delivered ? "delivered" : oneLine(reason ?? "not delivered"),
    ]),
  );
}

function replayed(notificationId: string | undefined, count: number): string {
  if (notificationId === undefined) return count === 1 ? "1 message is sent again" : `${count} messages are sent again`;
  return count === 0 ? `${notificationId} is already being sent` : `${notificationId} is sent again`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
