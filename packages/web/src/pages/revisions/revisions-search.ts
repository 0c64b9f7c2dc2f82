import { present, textOf } from "../../shell/url-search.ts";

/** `revision`: the one whose page it is, by the key that means the same revision everywhere. */
export function revisionsSearch(search: Readonly<Record<string, unknown>>) {
  return present({ revision: textOf(search.revision), text: textOf(search.text) });
}
