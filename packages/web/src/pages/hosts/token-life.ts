import { MAX_TOKEN_LIFE_SECONDS } from "@sluice/model/limits.ts";

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

export const TOKEN_LIFE_DEFAULT = "1h";

/** `15m`, `1h`, `7d` in seconds; undefined: it is none of these, or longer than a year. */
export function parseLife(text: string): number | undefined {
  const [, amount, unit = ""] = /^\s*([1-9]\d*)\s*([mhd])\s*$/.exec(text) ?? [];
  const seconds = Number(amount) * (SECONDS[unit] ?? Number.NaN);
  return seconds <= MAX_TOKEN_LIFE_SECONDS ? seconds : undefined;
}
