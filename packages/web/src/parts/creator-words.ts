/** Who made a deployment that no person made; undefined: a person, which needs no word. */
const WORDS: Readonly<Record<string, string>> = {
  codeDeployRollback: "Rollback",
  codeDeploy: "By Sluice",
  autoscaling: "Auto Scaling",
  codeDeployAutoUpdate: "Hosts that joined later",
  CloudFormation: "CloudFormation",
  CloudFormationRollback: "CloudFormation rollback",
};

export function creatorWords(creator: string): string | undefined {
  return WORDS[creator] ?? (creator === "user" || creator === "" ? undefined : creator);
}

/** What History can be filtered by. */
export const CREATORS: readonly { readonly id: string; readonly title: string }[] = [
  { id: "user", title: "A person or a pipeline" },
  { id: "codeDeployRollback", title: "Rollback" },
  { id: "codeDeployAutoUpdate", title: "Hosts that joined later" },
];
