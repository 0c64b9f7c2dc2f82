import { present, textOf, wordOf } from "../../shell/url-search.ts";

export const ACCESS_TABS = ["keys", "identities", "policies", "explain"] as const;

/** `dialog=create` opens the one for a key. The others are what is explained: `who` is `key:ID`, `user:NAME` or `role:NAME`. */
export function accessSearch(search: Readonly<Record<string, unknown>>) {
  return present({
    tab: wordOf(search.tab, ACCESS_TABS),
    dialog: wordOf(search.dialog, ["create"]),
    text: textOf(search.text),
    who: textOf(search.who),
    action: textOf(search.action),
    resource: textOf(search.resource),
    address: textOf(search.address),
    tags: textOf(search.tags),
  });
}

export type AccessSearch = ReturnType<typeof accessSearch>;

/** `scope=aws`: AWS's of that name, also where one's own has it, too. */
export function policySearch(search: Readonly<Record<string, unknown>>) {
  return present({ scope: wordOf(search.scope, ["aws"]) });
}
