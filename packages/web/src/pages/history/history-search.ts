import { RANGE_NAMES } from "../../parts/time-ranges.ts";
import { present, textOf, textsOf, wordOf } from "../../shell/url-search.ts";

/** All filters. Times are ISO 8601; `range` is a time that moves on: the last hour, day, week or month. */
export function historySearch(search: Readonly<Record<string, unknown>>) {
  return present({
    application: textOf(search.application),
    group: textOf(search.group),
    platform: wordOf(search.platform, ["Server", "ECS", "Lambda"]),
    status: textsOf(search.status),
    creator: textsOf(search.creator),
    host: textOf(search.host),
    text: textOf(search.text),
    range: wordOf(search.range, RANGE_NAMES),
    after: textOf(search.after),
    before: textOf(search.before),
  });
}

export type HistorySearch = ReturnType<typeof historySearch>;
