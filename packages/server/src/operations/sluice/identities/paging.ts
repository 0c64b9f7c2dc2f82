import { CallerFault } from "@sluice/model/caller-fault.ts";
import { IAM_PAGE } from "../../iam/checks/iam-limits.ts";
import { keyInToken, type ReadPage } from "../../listed-page.ts";

/** The page that a token asks for, of a listing by names. @throws CallerFault InvalidNextTokenException */
export function requestedPage(listing: string, nextToken: string | undefined): ReadPage {
  const after = nextToken === undefined ? null : keyInToken(listing, nextToken);
  if (after !== undefined) return { after, limit: IAM_PAGE + 1, size: IAM_PAGE };
  throw new CallerFault(
    "InvalidNextTokenException",
    "The nextToken is not one that this operation gave: pass it unchanged, or leave it out to start from the beginning.",
  );
}
