import { present, textOf, textsOf, wordOf } from "../../shell/url-search.ts";

/** Times are ISO 8601. */
export function historySearch(search: Readonly<Record<string, unknown>>) {
  return present({
    application: textOf(search.application),
    group: textOf(search.group),
    platform: wordOf(search.platform, ["Server", "ECS", "Lambda"]),
    status: textsOf(search.status),
    creator: textsOf(search.creator),
    host: textOf(search.host),
    text: textOf(search.text),
    after: textOf(search.after),
    before: textOf(search.before),
  });
}
