import { IAM_PAGE } from "../../iam/checks/iam-limits.ts";
import { openPage } from "../../listed-page.ts";
import type { OperationContext } from "../../operation.ts";

/** The page that a call asks for, of a listing by names. @throws CallerFault InvalidNextTokenException */
export function requestedPage(
  operation: string,
  input: { readonly nextToken?: string | undefined },
  context: Pick<OperationContext, "pageTokens">,
) {
  const page = openPage({ operation, input, token: input.nextToken, size: IAM_PAGE, shape: ["string"] }, context);
  return { ...page, after: page.after === undefined ? null : page.after[0] };
}
