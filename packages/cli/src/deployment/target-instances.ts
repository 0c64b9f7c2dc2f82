import type { TargetInstances } from "@aws-sdk/client-codedeploy";
import { ServiceError } from "@sluice/wire/client/errors.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { InvalidArgumentError } from "commander";
import { CommandFailed } from "../command-failed.ts";

const REFUSED = "InvalidTargetInstancesException";
const NAME_REPLACEMENTS =
  "the group is blue/green and needs replacement hosts: give a tag that they have with --target-tag Key=Value";

/** The replacement hosts of a blue/green deployment: those with any of the tags. */
export function replacementsWith(tags: readonly Tag[] | undefined): { readonly targetInstances?: TargetInstances } {
  if (!tags || tags.length === 0) return {};
  return { targetInstances: { tagFilters: tags.map((tag) => ({ ...tag, Type: "KEY_AND_VALUE" as const })) } };
}

/** Creates a deployment. A refusal because none are named says which option names them, where the API's says which member of a request. */
export async function createWith<T>(tags: readonly Tag[] | undefined, create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const message = obstacleInOptions(error, tags !== undefined).message;
    throw message === error.message ? error : new CommandFailed(`${message} (${error.code})`, { cause: error });
  }
}

/** The same for what stands in the way of a plan. */
export function obstacleInOptions<O extends { readonly code: string; readonly message: string }>(
  obstacle: O,
  areNamed: boolean,
): Pick<O, "code" | "message"> {
  const { code, message } = obstacle;
  return { code, message: code === REFUSED && !areNamed ? NAME_REPLACEMENTS : message };
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
