import { present, textOf, textsOf, wordOf } from "../../shell/url-search.ts";

/** `?state=dark&tag=Role=web&text=eu-1&sort=-seen`; `?view=tokens`; `?dialog=join` opens it over the page. */
export function hostsSearch(search: Readonly<Record<string, unknown>>) {
  return present({
    text: textOf(search.text),
    state: textsOf(search.state),
    tag: textsOf(search.tag),
    zone: textsOf(search.zone),
    sort: textOf(search.sort),
    view: wordOf(search.view, ["tokens"]),
    dialog: wordOf(search.dialog, ["join", "declare"]),
  });
}

export type HostsSearch = ReturnType<typeof hostsSearch>;
