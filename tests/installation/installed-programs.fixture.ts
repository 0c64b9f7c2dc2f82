import { execFileSync } from "node:child_process";

/** Whether this machine has a program, and what it needs: it is run with the arguments, and has to end with 0. */
export function isInstalled(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export function hasBoto3(): boolean {
  return isInstalled("python3", "-c", "import boto3");
}

export function hasAwsCli(): boolean {
  return isInstalled("aws", "--version");
}

/** Why the AWS CLI cannot be run here, or null when it can. */
export function whyNoAwsCli(): string | null {
  return hasAwsCli() ? null : "the AWS CLI is not installed: pip install awscli";
}
