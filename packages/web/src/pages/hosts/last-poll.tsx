import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { useNow } from "../../design/clock.ts";
import { Time } from "../../design/time.tsx";

/** After this an alive host has polled again: had it not, the server would have told that it is dark. */
const POLLED_AGAIN_MILLISECONDS = 60_000;

/** When a host was last heard. Nothing asks again for a host that is alive: once the answer is old it is known to poll, and not when. */
export function LastPoll({ host: { state, lastSeenAt } }: { host: HostSummary }) {
  const now = useNow(lastSeenAt !== undefined);
  if (lastSeenAt === undefined) return <>never</>;
  if (state === "alive" && now - lastSeenAt.getTime() > POLLED_AGAIN_MILLISECONDS) return <>within a minute</>;
  return <Time at={lastSeenAt} />;
}
