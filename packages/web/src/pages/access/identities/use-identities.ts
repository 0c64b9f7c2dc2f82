import { useAll } from "../../../forms/use-all.ts";
import { type Identity, identityOfRole, identityOfUser } from "./identity.ts";

const LIVE = { live: { changed: ["keys"] } } as const;

/** All users, and then all roles; undefined until both are there. */
export function useIdentities(): { readonly data: readonly Identity[] | undefined; readonly error: Error | null } {
  const users = useAll("Sluice", "ListUsers", {}, (page) => page.users, LIVE);
  const roles = useAll("Sluice", "ListRoles", {}, (page) => page.roles, LIVE);
  return {
    data: users.data && roles.data && [...users.data.map(identityOfUser), ...roles.data.map(identityOfRole)],
    error: users.error ?? roles.error,
  };
}
