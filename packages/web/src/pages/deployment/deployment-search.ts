import { present, textOf, textsOf, wholeNumberOf, wordOf } from "../../shell/url-search.ts";

export const DEPLOYMENT_TABS = ["targets", "logs", "failures", "timeline", "settings"] as const;

/** `?tab=logs&target=i-1&event=ApplicationStart&line=120` */
export function deploymentSearch(search: Readonly<Record<string, unknown>>) {
  return present({
    tab: wordOf(search.tab, DEPLOYMENT_TABS),
    target: textOf(search.target),
    event: textOf(search.event),
    line: wholeNumberOf(search.line, 1),
    status: textsOf(search.status),
    text: textOf(search.text),
    level: wordOf(search.level, ["warn", "error"]),
    mode: wordOf(search.mode, ["raw", "interesting"]),
  });
}
