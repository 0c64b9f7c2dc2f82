import { MAX_ELB_NAME_CHARACTERS } from "@sluice/model/elb-limits.ts";
import { invalid } from "./members.ts";

/** @param kind begins the sentence: `Target group` */
export function requireElbName(name: string | undefined, kind: "Load balancer" | "Target group"): string {
  if (name === undefined || name === "") throw invalid(`${kind} name cannot be blank.`);
  if (name.length > MAX_ELB_NAME_CHARACTERS) {
    throw invalid(`${kind} name '${name}' cannot be longer than '${MAX_ELB_NAME_CHARACTERS}' characters.`);
  }
  if (!/^[a-zA-Z0-9-]+$/.test(name)) {
    throw invalid(`${kind} name '${name}' can only contain characters that are alphanumeric characters or hyphens(-).`);
  }
  if (name.startsWith("-") || name.endsWith("-")) throw invalid(`${kind} name '${name}' cannot begin or end with '-'.`);
  if (kind === "Load balancer" && name.startsWith("internal-")) {
    throw invalid(`${kind} name '${name}' cannot begin with 'internal-'.`);
  }
  return name;
}
