import type { FirstFile } from "./first-files.ts";
import type { Project } from "./project.ts";

/** What was written for what, and what to do now. */
export function describeFirstFiles(
  directory: string,
  project: Project,
  files: readonly FirstFile[],
  isDryRun: boolean,
): string {
  const width = Math.max(...files.map(({ path }) => path.length));
  const listed = files.map(({ path, text }) => `  ${path.padEnd(width)}  ${firstComment(text)}`.trimEnd());
  return [
    `${directory} is taken for ${project.what}.`,
    isDryRun ? "Would write:" : "Written:",
    ...listed,
    "",
    "Next:",
    ...nextSteps(directory, project).map((step, index) => `  ${index + 1}. ${step}`),
  ].join("\n");
}

/** Of a script what it is for. */
function firstComment(text: string): string {
  return /^# (.*)$/m.exec(text.replace(/^#!.*\n/, "").split("\n", 1)[0] ?? "")?.[1] ?? "";
}

function nextSteps(directory: string, project: Project): string[] {
  const check = `Check it: sluice lint ${directory}`;
  switch (project.kind) {
    case "ecs":
      return [
        "Put your task definition and container into appspec.yml.",
        check,
        `Deploy it: sluice deploy ${directory}/appspec.yml --application NAME --group NAME`,
      ];
    case "lambda":
      return [
        "Put your function, its alias and the two versions into appspec.yml.",
        check,
        `Deploy it: sluice deploy ${directory}/appspec.yml --application NAME --group NAME`,
      ];
    default:
      return [
        project.kind === "static" || project.kind === "plain" || project.kind === "compose"
          ? "Read appspec.yml and deploy/."
          : "Read deploy/service.sh (its port) and deploy/run.sh (how the service is started).",
        check,
        `See what it would do to this machine: sluice local --bundle-location ${directory} --dry-run. Without --dry-run it does it.`,
        `Deploy it: sluice deploy ${directory} --application NAME --group NAME --watch`,
      ];
  }
}
