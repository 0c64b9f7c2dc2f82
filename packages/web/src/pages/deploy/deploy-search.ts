import { present, textOf } from "../../shell/url-search.ts";

/** `revisionOf`: the deployment whose revision is deployed again. `revision`: the key of one that the application has. */
export function deploySearch(search: Readonly<Record<string, unknown>>) {
  return present({ revisionOf: textOf(search.revisionOf), revision: textOf(search.revision) });
}
