import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { visibleLine } from "@sluice/model/visible-text.ts";
import type { FileDifference, RevisionDifference, SettingDifference } from "@sluice/wire/sluice/console-api.ts";
import { type Command, InvalidArgumentError } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { parseGitHubLocation } from "../revision/git-hub-location.ts";
import { parseS3Location } from "../revision/s3-location.ts";

interface DiffOptions extends ClientOptions {
  readonly application?: string;
}

const DEPLOYMENT_ID = /^d-[A-Z0-9]+$/;
/** Lines around those that differ. */
const CONTEXT_LINES = 3;

export function define(command: Command): void {
  command
    .argument("<from>", "a deployment's id, or with --application a revision: s3://BUCKET/KEY.zip or OWNER/NAME@COMMIT")
    .argument("<to>", "the other one, of the same kind")
    .option("--application <name>", "compare two revisions of this application instead of two deployments");
  addJsonOption(addClientOptions(command));
  addExamples(
    command,
    "sluice diff d-A1B2C3D4E d-F5G6H7I8J --data .sluice/up",
    "sluice diff --application web s3://sluice/web/1.zip s3://sluice/web/2.zip --data .sluice/up",
  );
  command.addHelpText(
    "after",
    "\nOf deployments to hosts: files that were added, removed or changed, by their content, the AppSpec line by line, and the settings of the deployment group as they were at each of the two. Of ECS the task definition, and of Lambda the version, as far as they are this server's own.",
  );
  command.action(async (from: string, to: string, { application, ...options }: DiffOptions) => {
    using connection = connect(options);
    if (application !== undefined) {
      const revisions = { from: revisionOf(from), to: revisionOf(to) };
      const answer = await connection.sluice.call("CompareRevisions", { applicationName: application, ...revisions });
      if (options.json) printJson(answer.difference);
      else print(formatRevision(answer.difference).join("\n"));
      return;
    }
    const other = [from, to].find((id) => !DEPLOYMENT_ID.test(id));
    if (other !== undefined) {
      throw new CommandFailed(
        `"${other}" is not a deployment's id, such as d-A1B2C3D4E. To compare revisions, name their application: --application NAME`,
        { exitStatus: EXIT_USAGE },
      );
    }
    const answer = await connection.sluice.call("CompareDeployments", { fromDeploymentId: from, toDeploymentId: to });
    if (options.json) printJson(answer);
    else {
      const settings = formatSettings(answer.settings, answer.settingsTrouble);
      print([...formatRevision(answer.revision), "", ...settings].join("\n"));
    }
  });
}

function revisionOf(text: string): RevisionLocation {
  try {
    return text.startsWith("s3://") || text.startsWith("bucket=") ? parseS3Location(text) : parseGitHubLocation(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new CommandFailed(`${error.message}, s3://BUCKET/KEY.zip or bucket=B,key=K,bundleType=zip`, {
      exitStatus: EXIT_USAGE,
    });
  }
}

export function formatRevision({ trouble, isSame, files, moreFiles, texts }: RevisionDifference): string[] {
  return [
    ...(trouble === undefined ? [] : [`note: ${visibleLine(trouble)}`]),
    ...(isSame ? ["The revisions are the same."] : []),
    ...(!isSame && trouble === undefined && files.length === 0 && texts.length === 0 ? ["No file differs."] : []),
    ...(files.length === 0 ? [] : [`Files (${files.length + moreFiles} differ):`, ...files.map(formatFile)]),
    ...(moreFiles > 0 ? [`  … and ${moreFiles} more`] : []),
    ...texts.flatMap(({ name, lines }) => ["", `${visibleLine(name)}:`, ...formatLines(lines)]),
  ];
}

function formatFile({ path, change, fromBytes, toBytes }: FileDifference): string {
  const sizes =
    fromBytes !== undefined && toBytes !== undefined
      ? `${fromBytes} to ${toBytes} bytes`
      : `${fromBytes ?? toBytes ?? 0} bytes`;
  const sign = change === "added" ? "+" : change === "removed" ? "-" : "~";
  return `  ${sign} ${visibleLine(path)}  (${sizes})`;
}

type Lines = RevisionDifference["texts"][number]["lines"];

/** What differs, and some lines around it. */
function formatLines(lines: Lines): string[] {
  const near = new Set<number>();
  for (const [index, { kind }] of lines.entries()) {
    if (kind === "same") continue;
    for (let at = index - CONTEXT_LINES; at <= index + CONTEXT_LINES; at += 1) near.add(at);
  }
  return lines.flatMap(({ kind, text }, index) => {
    if (!near.has(index)) return near.has(index - 1) ? ["  …"] : [];
    return [`  ${kind === "added" ? "+" : kind === "removed" ? "-" : " "} ${visibleLine(text)}`];
  });
}

function formatSettings(settings: readonly SettingDifference[], trouble: string | undefined): string[] {
  if (trouble !== undefined) return [`note: ${visibleLine(trouble)}`];
  if (settings.length === 0) return ["The settings of the deployment group were the same."];
  return [
    "Settings of the deployment group:",
    ...settings.map(
      ({ path, from, to }) =>
        `  ${visibleLine(path)}: ${visibleLine(from ?? "(none)")} -> ${visibleLine(to ?? "(none)")}`,
    ),
  ];
}
