import { present, textOf } from "../../shell/url-search.ts";

/** Two deployments' ids. */
export function compareSearch(search: Readonly<Record<string, unknown>>) {
  return present({ from: textOf(search.from), to: textOf(search.to) });
}
