import { present, textOf, textsOf } from "../../shell/url-search.ts";

/** `?state=dark&tag=Role=web&text=eu-1&sort=-seen` */
export function hostsSearch(search: Readonly<Record<string, unknown>>) {
  return present({
    text: textOf(search.text),
    state: textsOf(search.state),
    tag: textsOf(search.tag),
    zone: textsOf(search.zone),
    sort: textOf(search.sort),
  });
}
