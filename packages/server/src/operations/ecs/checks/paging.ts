import { excerpt } from "@sluice/model/excerpt.ts";
import { type ListedPage, openPage } from "../../listed-page.ts";
import type { EcsContext } from "../ecs-context.ts";
import { invalid } from "./member-rules.ts";

/** Items of a page, and what a call may ask for (as ECS). */
export const MAX_ECS_PAGE_ITEMS = 100;

interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

/** A page of a listing whose order is that of one name. */
export function namedPage(operation: string, input: PageRequest, context: Pick<EcsContext, "pageTokens">) {
  return ecsPage(operation, input, context, ["string"]);
}

export function ecsPage<const S extends readonly ("string" | "number")[]>(
  operation: string,
  input: PageRequest,
  context: Pick<EcsContext, "pageTokens">,
  shape: S,
): ListedPage<S> {
  const { nextToken, maxResults = MAX_ECS_PAGE_ITEMS } = input;
  if (maxResults < 1 || maxResults > MAX_ECS_PAGE_ITEMS) {
    throw invalid(`maxResults ${maxResults} is out of range: give 1 to ${MAX_ECS_PAGE_ITEMS}.`);
  }
  const refuse = () =>
    invalid(
      `nextToken ${excerpt(nextToken ?? "")} is not one that ${operation} gave for these parameters: pass it unchanged with the same parameters, or leave it out to start from the beginning.`,
    );
  return openPage({ operation, input, token: nextToken || undefined, size: maxResults, shape, refuse }, context);
}
