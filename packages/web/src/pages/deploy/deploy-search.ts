import { present, textOf } from "../../shell/url-search.ts";

/** `revisionOf`: the deployment whose revision is deployed again. */
export function deploySearch(search: Readonly<Record<string, unknown>>) {
  return present({ revisionOf: textOf(search.revisionOf) });
}
