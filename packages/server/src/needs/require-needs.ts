import type { Action } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import type { Principal } from "../access/principal.ts";
import { requireNeeds } from "../access/require-allowed.ts";
import { ANY_RESOURCE, type NeedsContext } from "./needs-context.ts";
import { withStoredTags } from "./stored-tags.ts";

/** What is asked of a service about one of its calls. */
export type NeedsOfCall = (
  operation: string,
  input: unknown,
  context: NeedsContext,
) => readonly Need[] | Promise<readonly Need[]>;

/** What the needs of a call are looked up in, whoever calls. */
export type NeedsParts = Omit<NeedsContext, "ownArn">;

/**
 * The second half of authorising a call, when its input has been read: a user needs what `needsOf` says, all of it. Roles are the same for
 * all resources, and passed the first half (`requireAllowed`).
 *
 * @throws CallerFault AccessDeniedException
 */
export async function requireNeedsOf(
  needsOf: NeedsOfCall,
  {
    operation,
    input,
    principal,
  }: { readonly operation: string; readonly input: unknown; readonly principal: Principal },
  parts: NeedsParts,
): Promise<void> {
  if (principal.role !== "user") return;
  const { kind, arn } = principal.identity ?? {};
  const needs = await needsOf(operation, input, { ...parts, ownArn: kind === "user" ? arn : undefined });
  requireNeeds(principal, await asAsked(principal, needs, parts), parts.accountId);
}

/** With what the principal's policies ask of them: nobody looks up tags that no policy asks for. */
export async function asAsked(
  { identity }: Pick<Principal, "identity">,
  needs: readonly Need[],
  parts: NeedsParts,
): Promise<readonly Need[]> {
  return identity?.asksForTags ? withStoredTags(needs, parts) : needs;
}

/** Of a service whose calls nobody told apart yet by their resources: each is asked on all of them. */
export function onAnyResource(actionOf: (operation: string) => Action): NeedsOfCall {
  return (operation) => [{ action: actionOf(operation), resource: ANY_RESOURCE }];
}
