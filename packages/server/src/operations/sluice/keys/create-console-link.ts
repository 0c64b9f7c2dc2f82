import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { CreateConsoleLinkInput, CreateConsoleLinkOutput } from "@sluice/wire/sluice/console-api.ts";
import { createConsoleLink as create } from "../../../sessions/console-links.ts";
import { isPeopleRole } from "../../../store/people-keys.ts";
import type { Operation } from "../../operation.ts";

/** For the caller itself: the session that the link begins has the rights of the caller's key, and ends with it. */
export const createConsoleLink: Operation<CreateConsoleLinkInput, CreateConsoleLinkOutput> = async (
  _input,
  context,
) => {
  const { principal } = context;
  if (!isPeopleRole(principal.role)) {
    throw new CallerFault("AccessDeniedException", `The key of a ${principal.role} does not open the console.`);
  }
  if (principal.identity?.kind === "session") {
    throw new CallerFault(
      "AccessDeniedException",
      "A temporary key does not open the console: make the link with the key of a user, by `sluice console`.",
    );
  }
  // Or whoever has once got at a session could make the next one before it ends, for ever.
  if (principal.sessionId !== undefined) {
    throw new CallerFault(
      "AccessDeniedException",
      "A session of the console makes no links: make one with the access key itself, by `sluice console`.",
    );
  }
  const { secret, expiresAt } = await create(context, principal.accessKeyId);
  return { path: `/#link=${secret}`, expiresAt: new Date(expiresAt) };
};
