import type { AgentStatus } from "@sluice/agent/status.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import { defineAdopt } from "../adopt/agent-adopt.ts";
import { enrolmentToken } from "../arguments/enrolment-token-option.ts";
import { addExamples, addJsonOption, collectTag } from "../arguments/options.ts";
import { namingUnreadable } from "../files/file-trouble.ts";
import { print, printError, printJson } from "../output.ts";
import { nameProcess } from "../process/process-name.ts";
import { visibleHost } from "../terminal/printing.ts";

interface EnrollOptions {
  readonly server: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly data: string;
  readonly name?: string;
  readonly tag?: readonly Tag[];
  readonly onPremises?: boolean;
  readonly zone?: string;
  readonly address?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function define(command: Command): void {
  defineEnroll(command);
  defineRun(command);
  defineStatus(command);
  defineAdopt(command);
}

function addDataOption(command: Command): Command {
  return command.requiredOption("--data <dir>", "the agent's directory on this host, with its key and its revisions");
}

function defineEnroll(parent: Command): void {
  const enroll = parent.command("enroll").description("enrol this machine as a host of a server");
  enroll
    .requiredOption("--server <url>", "the server's address")
    .option(
      "--token-file <file>",
      "a file with the token of `sluice token create` in its first line; - is standard input",
    )
    .option("--token <token>", "the token; every user of this machine can see it (ps) while the command runs")
    .option(
      "--name <name>",
      "the host's name, also set as the tag Name unless the token has one (default: the machine's name, no tag)",
    )
    .option("--tag <key=value>", "a tag that the token allows (repeatable)", collectTag)
    .option("--on-premises", "enrol an on-premises instance instead of an EC2-style one")
    .option("--zone <zone>", "the host's zone")
    .option("--address <address>", "the address to show for the host")
    .option(
      "--force",
      "replace the enrolment in the directory; a host with the same name keeps its id, because its old key proves it",
    );
  addJsonOption(addDataOption(enroll));
  addExamples(
    enroll,
    "sluice agent enroll --server https://deploy.example.org:7450 --token-file - --data /var/lib/sluice-agent",
  );
  enroll.action(async (options: EnrollOptions) => {
    const { enrolHost } = await import("@sluice/agent/identity/enrol.ts");
    const { readAgentStatus } = await import("@sluice/agent/status.ts");
    const { whoElseMayChange } = await import("@sluice/agent/host/who-else-may-change.ts");
    const formerId = (await readAgentStatus(options.data).catch(() => undefined))?.hostId;
    const enrolled = await enrolHost({
      server: options.server,
      token: await enrolmentToken(options),
      directory: options.data,
      name: options.name,
      tags: options.tag,
      nameTag: options.name !== undefined,
      onPremises: options.onPremises,
      zone: options.zone,
      address: options.address,
      force: options.force,
    });
    const problem = whoElseMayChange(options.data);
    if (problem !== undefined) {
      printError(
        `Warning: users of this host can make an agent that runs as root run their scripts: ${problem}. To run the agent as another user, ` +
          `remove the host (sluice hosts remove ${enrolled.hostName}), then enrol as the user who owns the directory: sudo -u USER sluice agent enroll … --force --data ${options.data}`,
      );
    }
    if (options.json)
      printJson({ hostId: enrolled.hostId, hostName: enrolled.hostName, hostIdentifier: enrolled.hostIdentifier });
    else {
      const { running } = await readAgentStatus(options.data);
      const next =
        running === undefined
          ? `Start it: sluice agent run --data ${options.data}`
          : `Restart its agent${running.processId === undefined ? "" : ` (process ${running.processId})`}: it still uses the old enrolment`;
      const was = formerId === undefined || formerId === enrolled.hostId ? "" : `It was ${formerId} before. `;
      print(`${visibleHost(enrolled.hostName, enrolled.hostId)} is enrolled. ${was}${next}`);
    }
  });
}

function defineRun(parent: Command): void {
  const run = addDataOption(parent.command("run").description("run the agent until it is stopped"));
  addExamples(run, "sluice agent run --data /var/lib/sluice-agent");
  run.action(async (options: { readonly data: string }) => {
    // The launcher set it for this process, and scripts are to have what the host has.
    delete process.env.MALLOC_ARENA_MAX;
    nameProcess("sluice-agent", options.data);
    const { runAgent } = await import("@sluice/agent/run-agent.ts");
    process.exitCode = await runAgent({ directory: options.data }).catch((error: unknown) => {
      throw namingUnreadable(error, options.data);
    });
  });
}

function defineStatus(parent: Command): void {
  const status = addDataOption(
    parent.command("status").description("show this host, its server and what its agent is doing"),
  );
  addJsonOption(status);
  addExamples(status, "sluice agent status --data /var/lib/sluice-agent");
  status.action(async (options: { readonly data: string; readonly json?: boolean }) => {
    const { readAgentStatus } = await import("@sluice/agent/status.ts");
    const found = await readAgentStatus(options.data).catch((error: unknown) => {
      throw namingUnreadable(error, options.data);
    });
    if (options.json) printJson(found);
    else for (const line of describeStatus(options.data, found)) print(line);
    process.exitCode = found.running === undefined ? 1 : 0;
  });
}

function describeStatus(directory: string, status: AgentStatus): string[] {
  if (!status.enrolled) return [`${directory} contains no enrolment. Enrol this host: sluice agent enroll --help`];
  const lines = [`${visibleHost(status.hostName ?? "", status.hostId ?? "")}, host of ${status.server}`];
  const { running } = status;
  if (running === undefined)
    return [...lines, `its agent is not running. Start it: sluice agent run --data ${directory}`];
  // It accepted and said nothing: it stands still, or is not an agent.
  if (running.processId === undefined) {
    return [
      ...lines,
      `the process that has ${directory}/agent.sock open does not answer. The agent is very busy, or suspended (continue it: kill -CONT)`,
    ];
  }
  lines.push(
    `its agent has been running as process ${running.processId} since ${running.startedAt}${running.isStopping ? ", and is stopping" : ""}`,
  );
  if (running.lastFailure !== undefined) lines.push(`the server does not answer: ${running.lastFailure}`);
  else if (running.lastPollAt !== undefined) lines.push(`the server last answered at ${running.lastPollAt}`);
  for (const { event, deploymentId, state, since } of running.heldCommands) {
    lines.push(`working on ${event} of ${deploymentId} (${state} since ${since})`);
  }
  return lines;
}
