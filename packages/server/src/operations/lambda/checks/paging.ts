import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_LAMBDA_MAX_ITEMS, MAX_LAMBDA_PAGE_ITEMS } from "@sluice/model/lambda-limits.ts";
import { type ListedPage, openPage } from "../../listed-page.ts";
import type { LambdaContext } from "../lambda-context.ts";
import { invalid } from "./lambda-faults.ts";
import { requireWithin } from "./within.ts";

interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export function lambdaPage<const S extends readonly ("string" | "number")[]>(
  operation: string,
  input: PageRequest,
  context: Pick<LambdaContext, "pageTokens">,
  shape: S,
): ListedPage<S> {
  const { Marker, MaxItems = MAX_LAMBDA_PAGE_ITEMS } = input;
  requireWithin(MaxItems, "MaxItems", 1, MAX_LAMBDA_MAX_ITEMS);
  const size = Math.min(MaxItems, MAX_LAMBDA_PAGE_ITEMS);
  const refuse = () =>
    invalid(
      `Marker ${excerpt(Marker ?? "")} is not one that ${operation} gave for these parameters: pass NextMarker unchanged with the same parameters, or leave it out to start from the beginning.`,
    );
  return openPage({ operation, input, token: Marker || undefined, size, shape, refuse }, context);
}
