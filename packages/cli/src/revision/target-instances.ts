import type { TargetInstances } from "@aws-sdk/client-codedeploy";
import type { Tag } from "@sluice/wire/sluice/operations.ts";
import { InvalidArgumentError } from "commander";

/** The replacement hosts of a blue/green deployment: those with any of the tags. */
export function replacementsWith(tags: readonly Tag[] | undefined): { readonly targetInstances?: TargetInstances } {
  if (!tags || tags.length === 0) return {};
  return { targetInstances: { tagFilters: tags.map((tag) => ({ ...tag, Type: "KEY_AND_VALUE" as const })) } };
}

/** JSON in the API's shape, as the AWS CLI takes it. */
export function parseTargetInstances(text: string): TargetInstances {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Falls through: the message shows what it should look like.
  }
  throw new InvalidArgumentError(
    `"${text}" is not JSON such as {"tagFilters":[{"Key":"Fleet","Value":"green","Type":"KEY_AND_VALUE"}]}`,
  );
}
