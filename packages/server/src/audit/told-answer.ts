import { truncate } from "@sluice/model/excerpt.ts";
import type { Shape } from "@sluice/wire/shapes/shape.ts";
import { LOOKS_SECRET, secrecyOf } from "./secret-members.ts";

/** Members that say what a call has made: ids, names, ARNs. */
const NAMES_A_THING = /(?:^|[a-z])(?:id|Id|ID|arn|Arn|ARN|name|Name|version|Version|status|Status|revision)$/;
const MAX_DEPTH = 3;
const MAX_ITEMS = 5;
const MAX_CHARACTERS = 512;

/** Of an answer what names the things that the call has made or changed; null: nothing. Never a secret. */
export function toldAnswer(shape: Shape, output: unknown): object | null {
  const told = namesIn(shape, output, MAX_DEPTH);
  return typeof told === "object" && told !== null ? told : null;
}

function namesIn(shape: Shape, value: unknown, depth: number): unknown {
  if (value === undefined || value === null || depth === 0) return undefined;
  if (shape.kind === "list") {
    const items = (value as readonly unknown[]).slice(0, MAX_ITEMS).map((item) => namesIn(shape.member, item, depth));
    const told = items.filter((item) => item !== undefined);
    return told.length > 0 ? told : undefined;
  }
  if (shape.kind !== "structure") return undefined;
  const told: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(shape.members)) {
    const one = (value as Record<string, unknown>)[name];
    const secrecy = secrecyOf(name) ?? (LOOKS_SECRET.test(name) ? "secret" : "open");
    if (one === undefined || one === null || secrecy !== "open") continue;
    const isName = member.kind === "string" && NAMES_A_THING.test(name);
    const inside = isName ? truncate(String(one), MAX_CHARACTERS) : namesIn(member, one, depth - 1);
    if (inside !== undefined) told[name] = inside;
  }
  return Object.keys(told).length > 0 ? told : undefined;
}
