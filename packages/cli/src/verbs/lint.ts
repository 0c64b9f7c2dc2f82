import { APP_SPEC_OSES, type AppSpecOs } from "@sluice/model/app-spec/app-spec.ts";
import { COMPUTE_PLATFORMS, type ComputePlatform } from "@sluice/model/deployment-config.ts";
import { applyRules, parseRule, RULE_LEVELS, type SeverityRules } from "@sluice/model/lint/severity-rules.ts";
import { type Command, InvalidArgumentError, Option } from "commander";
import { addExamples, addJsonOption, parsePlatform } from "../arguments/options.ts";
import { CommandFailed, EXIT_FAILED, EXIT_USAGE } from "../command-failed.ts";
import { print, printJson } from "../output.ts";
import { formatJudged, type JudgedFile, judgeByReference } from "../revision/judged-file.ts";
import { countFindings, formatLinted, lintedForJson } from "../revision/lint-report.ts";
import { type LintedPath, lintPath } from "../revision/lint-target.ts";

interface LintOptions {
  readonly platform?: ComputePlatform;
  readonly warningsAsErrors?: boolean;
  readonly rule?: SeverityRules;
  readonly reference?: boolean;
  readonly os: AppSpecOs;
  readonly json?: boolean;
}

const HERE = ".";

export function define(command: Command): void {
  command
    .argument("[paths...]", "AppSpec files, directories, or bundles (.zip, .tgz, .tar); this directory by default")
    .option(
      "--platform <name>",
      `${COMPUTE_PLATFORMS.join(", ")}, instead of what the AppSpec looks like`,
      parsePlatform,
    )
    .option("--warnings-as-errors", "exit with 1 for warnings, too")
    .option("--rule <check=level>", `give a check another level (${RULE_LEVELS.join(", ")}); repeatable`, collectRule);
  command
    .option("--reference", "print what the AWS agent's parser makes of AppSpec files for hosts, and nothing else")
    .addOption(
      new Option("--os <name>", "with --reference: the system of the host with the AWS agent")
        .choices(APP_SPEC_OSES)
        .default("linux" satisfies AppSpecOs),
    );
  addJsonOption(command);
  addExamples(
    command,
    "sluice lint",
    "sluice lint web/appspec.yml --warnings-as-errors",
    "sluice lint build/web.zip --rule no-validation=off --json",
    "sluice lint --reference --json appspec.yml",
  );
  command.addHelpText(
    "after",
    "\nNeeds no server. Exits with 0 when there is no error, with 1 when there is one, and with 2 when something cannot be checked.",
  );
  command.action(async (paths: readonly string[], options: LintOptions) => {
    const given = paths.length === 0 ? [HERE] : paths;
    if (options.reference) return printVerdicts(given, options);
    const linted: LintedPath[] = [];
    for (const path of given) {
      const found = await lintPath(path, options.platform);
      linted.push({ ...found, findings: applyRules(found.findings, options.rule ?? {}) });
    }
    const counts = countFindings(linted.flatMap(({ findings }) => findings));
    if (options.json) printJson({ ...counts, results: linted.map(lintedForJson) });
    else print(linted.map(formatLinted).join("\n"));
    if (linted.some(({ unchecked }) => unchecked !== undefined)) process.exitCode = EXIT_USAGE;
    else if (counts.errors > 0 || (options.warningsAsErrors && counts.warnings > 0)) process.exitCode = EXIT_FAILED;
  });
}

/** One path has one verdict, several have a list of them, as the corpora of AppSpecs have. */
async function printVerdicts(paths: readonly string[], { os, json, ...options }: LintOptions): Promise<void> {
  const other = REFERENCE_KNOWS_NO.find((name) => options[name] !== undefined);
  if (other !== undefined) {
    const option = `--${other.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new CommandFailed(`${option} has no effect with --reference: leave one of them out`, {
      exitStatus: EXIT_USAGE,
    });
  }
  const verdicts: JudgedFile[] = [];
  for (const path of paths) verdicts.push(await judgeByReference(path, os));
  if (json) printJson(verdicts.length === 1 ? verdicts[0] : verdicts);
  else print(verdicts.map(formatJudged).join("\n"));
  if (verdicts.some(({ verdict }) => verdict === "rejected")) process.exitCode = EXIT_FAILED;
}

/** Its verdict is yes or no. */
const REFERENCE_KNOWS_NO = ["platform", "warningsAsErrors", "rule"] as const;

function collectRule(text: string, previous: SeverityRules = {}): SeverityRules {
  const rule = parseRule(text);
  if (typeof rule === "string") throw new InvalidArgumentError(rule);
  return { ...previous, [rule.check]: rule.level };
}
