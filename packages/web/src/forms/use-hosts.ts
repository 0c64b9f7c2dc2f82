import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { useAll } from "./use-all.ts";

const NONE: readonly HostSummary[] = [];

/** All hosts, as they are now. */
export function useHosts(enabled = true) {
  const { data = NONE, ...rest } = useAll("Sluice", "ListHosts", {}, ({ hosts }) => hosts, {
    live: { changed: ["hosts"] },
    enabled,
  });
  return { hosts: data, ...rest };
}
