import { present, textOf, wholeNumberOf, wordOf } from "../../shell/url-search.ts";

export const DEPLOYMENT_TABS = ["targets", "logs", "failures", "traffic", "timeline", "settings"] as const;
export type DeploymentTab = (typeof DEPLOYMENT_TABS)[number];

/**
 * `?tab=logs&target=i-1&event=ApplicationStart&line=120`, or instead of the line its words (`at`), and of the grid
 * `?state=Failed&zone=eu-1a&text=web&by=zone`.
 */
export function deploymentSearch(search: Readonly<Record<string, unknown>>) {
  return present({
    tab: wordOf(search.tab, DEPLOYMENT_TABS),
    target: textOf(search.target),
    event: textOf(search.event),
    line: wholeNumberOf(search.line, 1),
    at: textOf(search.at),
    find: textOf(search.find),
    level: wordOf(search.level, ["warning", "error"]),
    mode: wordOf(search.mode, ["interesting"]),
    text: textOf(search.text),
    state: textOf(search.state),
    zone: textOf(search.zone),
    by: wordOf(search.by, ["zone", "none"]),
    entry: textOf(search.entry),
  });
}
export type DeploymentSearch = ReturnType<typeof deploymentSearch>;
