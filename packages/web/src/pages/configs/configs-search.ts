import { present, textOf, wordOf } from "../../shell/url-search.ts";

export function configsSearch(search: Readonly<Record<string, unknown>>) {
  return present({ text: textOf(search.text), platform: wordOf(search.platform, ["Server", "ECS", "Lambda"]) });
}
