import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";

/** Who made a deployment that no person made; undefined: a person, which needs no word. */
const WORDS: Readonly<Record<string, string>> = {
  codeDeployRollback: "Rollback",
  codeDeploy: "By Sluice",
  autoscaling: "Auto Scaling",
  codeDeployAutoUpdate: "Hosts that joined later",
  CloudFormation: "CloudFormation",
  CloudFormationRollback: "CloudFormation rollback",
};

/** What is no deployment by a person of a revision that he names, in a word each. */
export function kindWords({
  creator,
  deploymentMode,
}: Pick<DeploymentSummary, "creator" | "deploymentMode">): readonly string[] {
  const by = creatorWords(creator);
  return [...(deploymentMode === "RESTART" ? ["Restart"] : []), ...(by === undefined ? [] : [by])];
}

export function creatorWords(creator: string): string | undefined {
  return WORDS[creator] ?? (creator === "user" || creator === "" ? undefined : creator);
}

/** What History can be filtered by. */
export const CREATORS: readonly { readonly id: string; readonly title: string }[] = [
  { id: "user", title: "A person or a pipeline" },
  { id: "codeDeployRollback", title: "Rollback" },
  { id: "codeDeployAutoUpdate", title: "Hosts that joined later" },
];
