import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeWhole } from "../../store/data-directory.ts";

const SECRET_BYTES = 32;
const SECRET = /^[\w-]{43}$/;

/** What HAProxy knows of a target group's place, and goes on using while the server is away. */
export interface KeptDoor {
  readonly port: number;
  readonly secret: string;
}

/** By target group. */
export type KeptDoors = Readonly<Record<string, KeptDoor>>;

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** Of this machine, as HAProxy's configuration is: in the data directory, not in a database that servers share. */
export function readKeptDoors(path: string): KeptDoors {
  try {
    const kept: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Object.fromEntries(Object.entries(kept as object).filter(([, door]) => isKeptDoor(door)));
  } catch {
    // Missing or damaged: HAProxy is told of new ones at once.
    return {};
  }
}

/** Before HAProxy is told. Only its owner reads it. */
export function writeKeptDoors(path: string, kept: KeptDoors): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeWhole(path, `${JSON.stringify(kept)}\n`, 0o600);
}

function isKeptDoor(value: unknown): value is KeptDoor {
  const { port, secret } = (value ?? {}) as Partial<KeptDoor>;
  const isPort = Number.isInteger(port) && port! > 0 && port! <= 65_535;
  return isPort && typeof secret === "string" && SECRET.test(secret);
}
