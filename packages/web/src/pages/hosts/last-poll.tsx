import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { useNow } from "../../design/clock.ts";
import { localWords, relativeWords, utcWords } from "../../design/time-words.ts";

/** After this an alive host has polled again: had it not, the server would have told that it is dark. */
const POLLED_AGAIN_MILLISECONDS = 60_000;

/**
 * When a host was last heard. Nothing asks again for a host that is alive: once the answer is old it is known to poll, and not when. Lighter than a
 * `Time`, since it stands in every row of a thousand.
 */
export function LastPoll({ host: { state, lastSeenAt } }: { host: HostSummary }) {
  const now = useNow(lastSeenAt !== undefined);
  if (lastSeenAt === undefined) return <>never</>;
  const at = lastSeenAt.getTime();
  if (state === "alive" && now - at > POLLED_AGAIN_MILLISECONDS) return <>within a minute</>;
  return (
    <time dateTime={lastSeenAt.toISOString()} title={`${localWords(lastSeenAt, true)} · ${utcWords(lastSeenAt)}`}>
      {relativeWords(at, now) ?? localWords(lastSeenAt)}
    </time>
  );
}
