import { checkDescription } from "@sluice/model/input-checks/required-names.ts";
import { readRevision } from "@sluice/model/input-checks/revision-input.ts";
import { tagFilterProblem } from "@sluice/model/tag-filter.ts";
import { type Problems, problemsOf } from "../../forms/problem-of.ts";
import { writeSelection } from "../../forms/tag-selection.ts";
import { type DeployForm, type DeployTarget, revisionOf } from "./deploy-form-state.ts";

export type DeployField =
  | "revision"
  | "config"
  | "description"
  | "fileExists"
  | "ignoresStopFailures"
  | "onlyOutdated"
  | "replacements"
  | "rollback"
  | "alarms";

/** What keeps the deployment from being planned. What the server alone can know the plan says. */
export function deployProblems(form: DeployForm, target: DeployTarget): Problems<DeployField> {
  const revision = revisionProblem(form);
  const replacements = target.platform === "Server" && target.isBlueGreen ? replacementsProblem(form) : undefined;
  return {
    ...problemsOf({ description: () => checkDescription(form.description) }),
    ...(revision !== undefined && { revision }),
    ...(replacements !== undefined && { replacements }),
  };
}

function revisionProblem(form: DeployForm): string | undefined {
  const revision = revisionOf(form);
  if (form.source === "bundle" && revision === undefined)
    return "Upload a bundle, or choose one in this server's bucket.";
  if (form.source === "registered" && revision === undefined) return "Choose a revision.";
  if (form.source === "app-spec" && form.appSpec.trim() === "") return "Write the AppSpec, or begin with the template.";
  return problemsOf({ revision: () => readRevision(revision) }).revision;
}

function replacementsProblem({ replacements }: DeployForm): string | undefined {
  const { filters = [], lists = [] } = writeSelection(replacements);
  const all = [...filters, ...lists.flat()];
  if (all.length === 0) return "Name the replacement hosts by a tag that they have.";
  for (const filter of all) {
    const problem = tagFilterProblem(filter);
    if (problem !== undefined) return `${filter.Key ?? ""}=${filter.Value ?? ""} ${problem}.`;
  }
  return undefined;
}

const FIELD_OF_FAULT: Readonly<Record<string, DeployField>> = {
  RevisionRequiredException: "revision",
  RevisionDoesNotExistException: "revision",
  InvalidRevisionException: "revision",
  DeploymentConfigDoesNotExistException: "config",
  InvalidDeploymentConfigNameException: "config",
  DescriptionTooLongException: "description",
  InvalidFileExistsBehaviorException: "fileExists",
  InvalidIgnoreApplicationStopFailuresValueException: "ignoresStopFailures",
  InvalidUpdateOutdatedInstancesOnlyValueException: "onlyOutdated",
  InvalidTargetInstancesException: "replacements",
  InvalidEC2TagCombinationException: "replacements",
  InvalidAutoRollbackConfigException: "rollback",
  InvalidAlarmConfigException: "alarms",
};

export function fieldOfDeployFault(code: string): DeployField | undefined {
  return FIELD_OF_FAULT[code];
}
