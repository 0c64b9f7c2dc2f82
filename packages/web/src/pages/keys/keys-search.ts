import { present, wordOf } from "../../shell/url-search.ts";

/** `?dialog=create` opens it over the page. */
export function keysSearch(search: Readonly<Record<string, unknown>>) {
  return present({ dialog: wordOf(search.dialog, ["create"]) });
}
