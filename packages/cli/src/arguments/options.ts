import { COMPUTE_PLATFORMS, type ComputePlatform } from "@sluice/model/deployment-config.ts";
import { MAX_PORT } from "@sluice/model/port.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { type Command, InvalidArgumentError } from "commander";
import { DATA_VARIABLE, describePlace, serverPlace, UP_DIRECTORY } from "../place/server-place.ts";

const SECONDS_BY_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Which server a verb calls here when --data is left out. */
function usedPlace(): string {
  try {
    return `Without --data, here: ${describePlace(serverPlace(undefined))}`;
  } catch (error) {
    return `Without --data, here: ${reasonOf(error)}`;
  }
}

/** Of every verb that calls a server. */
export interface ClientOptions {
  readonly data?: string;
  readonly json?: boolean;
}

export function addClientOptions(command: Command): Command {
  return command
    .option(
      "--data <dir>",
      `the server's data directory, with its address and root key (default: ${DATA_VARIABLE}, else the server of the AWS environment, else the nearest ${UP_DIRECTORY})`,
    )
    .addHelpText("after", () => `\n${usedPlace()}`);
}

export function addJsonOption(command: Command): Command {
  return command.option("--json", "print JSON");
}

export function addExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}`);
}

/** `Key=Value`, collected over repetitions; the value may be empty and may hold further equals signs. */
export function collectTag(text: string, previous: readonly Tag[] = []): readonly Tag[] {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError(`"${text}" is not Key=Value`);
  return [...previous, { Key: text.slice(0, at), Value: text.slice(at + 1) }];
}

/** The word that was meant, whatever its case. */
export function wordOf<Word extends string>(words: readonly Word[], text: string): Word | undefined {
  return words.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
}

export function parsePlatform(text: string): ComputePlatform {
  const platform = wordOf(COMPUTE_PLATFORMS, text);
  if (platform !== undefined) return platform;
  throw new InvalidArgumentError(`"${text}" is not one of ${COMPUTE_PLATFORMS.join(", ")}`);
}

/** A word of those that there are, collected over repetitions. */
export function collectWord<Word extends string>(
  words: readonly Word[],
): (text: string, previous?: readonly Word[]) => readonly Word[] {
  return (text, previous = []) => {
    const word = wordOf(words, text);
    if (word === undefined) throw new InvalidArgumentError(`"${text}" is not one of ${words.join(", ")}`);
    return [...previous, word];
  };
}

/** A text, collected over repetitions. */
export function collectText(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text];
}

/** `90s`, `15m`, `1h`, `7d`: in seconds. A bare number is refused: of 5, one means hours and another seconds. */
export function parseDuration(text: string): number {
  const match = /^([1-9]\d*)([smhd]?)$/.exec(text);
  if (match === null) throw new InvalidArgumentError(`"${text}" is not a duration such as 90s, 15m, 1h or 7d`);
  const [, count, unit = ""] = match;
  const secondsPerUnit = SECONDS_BY_UNIT[unit];
  if (secondsPerUnit === undefined) {
    const meant = Object.keys(SECONDS_BY_UNIT).map((each) => `${count}${each}`);
    throw new InvalidArgumentError(`"${text}" has no unit: give ${meant.slice(0, -1).join(", ")} or ${meant.at(-1)}`);
  }
  return Number(count) * secondsPerUnit;
}

/** A time: so long ago, as `2h` or `7d`, or in ISO 8601 with its zone, or a day of UTC. */
export function parseMoment(text: string): Date {
  if (/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) {
    const time = new Date(text);
    if (!Number.isNaN(time.getTime())) return time;
  } else if (/^\d+[smhd]$/.test(text)) {
    return new Date(Date.now() - parseDuration(text) * 1000);
  }
  throw new InvalidArgumentError(
    `"${text}" is not a time: give one such as 2h or 7d (ago), 2026-11-30 or 2026-11-30T08:00:00Z`,
  );
}

/** A duration that the server would not refuse as too long. */
export function durationUpTo(maxSeconds: number): (text: string) => number {
  return (text) => {
    const seconds = parseDuration(text);
    if (seconds <= maxSeconds) return seconds;
    throw new InvalidArgumentError(`Give at most ${inLargestUnit(maxSeconds)}`);
  };
}

/** `365d` */
function inLargestUnit(seconds: number): string {
  const [unit, size] = Object.entries(SECONDS_BY_UNIT).findLast(([, each]) => seconds % each === 0) ?? ["s", 1];
  return `${seconds / size}${unit}`;
}

export function parsePositiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a whole number of at least 1`);
  return Number(text);
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`, an IPv6 host in brackets. Port 0 lets the system choose. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]\s]+)):(\d+)$/.exec(text);
  if (match === null) throw new InvalidArgumentError(`"${text}" is not HOST:PORT, such as 127.0.0.1:7450`);
  const port = Number(match[3]);
  if (port > MAX_PORT) {
    throw new InvalidArgumentError(`the port ${port} in "${text}" is above ${MAX_PORT}: give one such as 7450`);
  }
  return { host: match[1] ?? match[2] ?? "", port };
}
