import { execFileSync } from "node:child_process";

/** Why the AWS CLI cannot be run here, or null when it can. */
export function whyNoAwsCli(): string | null {
  try {
    execFileSync("aws", ["--version"], { stdio: "ignore" });
    return null;
  } catch {
    return "the AWS CLI is not installed: pip install awscli";
  }
}
