import { invalid } from "./member-rules.ts";
import { requireOneOf } from "./one-of.ts";

/** Kept and shown again: both run on the same engine. */
export function readLaunchType(text: string | undefined): "EC2" | "FARGATE" {
  if (text === "EXTERNAL") throw invalid("launchType EXTERNAL is not supported: use EC2 or FARGATE.");
  return text === undefined ? "EC2" : requireOneOf(text, "launchType", ["EC2", "FARGATE"]);
}
