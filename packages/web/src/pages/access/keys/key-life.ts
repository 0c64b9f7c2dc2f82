import type { AccessKeySummary } from "@sluice/wire/sluice/access-api.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** For how long a key is good. */
export const LIVES = [
  { id: "never", title: "For ever" },
  { id: "hour", title: "1 hour", milliseconds: HOUR },
  { id: "day", title: "1 day", milliseconds: DAY },
  { id: "week", title: "7 days", milliseconds: 7 * DAY },
  { id: "month", title: "30 days", milliseconds: 30 * DAY },
  { id: "quarter", title: "90 days", milliseconds: 90 * DAY },
  { id: "year", title: "365 days", milliseconds: 365 * DAY },
] as const;
export type Life = (typeof LIVES)[number]["id"];

/** Undefined: never. @param now epoch milliseconds */
export function expiryOf(id: Life, now: number): Date | undefined {
  const life = LIVES.find((each) => each.id === id);
  return life !== undefined && "milliseconds" in life ? new Date(now + life.milliseconds) : undefined;
}

/** For how long a rotated key works beside the new one. */
export const OVERLAPS = [
  { id: "0", title: "Not at all: it ends at once" },
  { id: "3600", title: "1 hour" },
  { id: "86400", title: "1 day" },
  { id: "604800", title: "7 days" },
  { id: "2592000", title: "30 days" },
] as const;

/** `active`, or why it opens nothing. @param now epoch milliseconds */
export function keyState({ status, expiresAt }: AccessKeySummary, now: number): "active" | "inactive" | "expired" {
  if (expiresAt !== undefined && expiresAt.getTime() <= now) return "expired";
  return status === "Active" ? "active" : "inactive";
}
