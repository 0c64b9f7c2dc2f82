import type { Kysely } from "kysely";
import type { IamUsersTable } from "../../store/iam/iam-tables.ts";
import { findUser } from "../../store/iam/users.ts";
import type { Database } from "../../store/schema.ts";
import { openPage } from "../listed-page.ts";
import type { OperationContext } from "../operation.ts";
import { IAM_PAGE } from "./checks/iam-limits.ts";
import { invalid, noSuchUser, requireUserName } from "./checks/iam-names.ts";

/** The user that is named, or whose key calls. @throws CallerFault NoSuchEntity, ValidationException */
export async function requireUser(
  db: Kysely<Database>,
  userName: string | undefined,
  { principal }: Pick<OperationContext, "principal">,
): Promise<IamUsersTable> {
  const own = principal.identity?.kind === "user" ? principal.identity.name : undefined;
  if (userName === undefined && own === undefined) {
    throw invalid("Must specify userName when calling with non-User credentials");
  }
  const name = userName === undefined ? own! : requireUserName(userName, "UserName");
  const user = await findUser(db, name);
  if (user) return user;
  throw noSuchUser(name);
}

export interface MarkedPage<Item> {
  readonly items: readonly Item[];
  readonly IsTruncated: boolean;
  readonly Marker: string | undefined;
}

/** A page of what is listed by names, in whatever order it was read: that of a database may be another than the pages'. */
export function markedPage<Item>(
  operation: string,
  all: readonly Item[],
  input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
  keyOf: (item: Item) => string,
  context: Pick<OperationContext, "pageTokens">,
): MarkedPage<Item> {
  const { Marker, MaxItems = IAM_PAGE } = input;
  if (MaxItems < 1 || MaxItems > MAX_MAX_ITEMS) {
    throw invalid(`MaxItems is ${MaxItems}: it must be from 1 to ${MAX_MAX_ITEMS}.`);
  }
  const refuse = () => invalid("Invalid Marker: pass it as the last answer gave it, or leave it out.");
  const page = openPage({ operation, input, token: Marker, size: MaxItems, shape: ["string"], refuse }, context);
  const [after] = page.after ?? [];
  const rest = all
    .filter((item) => after === undefined || keyOf(item) > after)
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const { items, nextToken } = page.cut(rest, (item) => [keyOf(item)]);
  return { items, IsTruncated: nextToken !== undefined, Marker: nextToken };
}

/** Of IAM's model. */
const MAX_MAX_ITEMS = 1_000;
