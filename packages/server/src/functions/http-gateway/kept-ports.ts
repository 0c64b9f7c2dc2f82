import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeWhole } from "../../store/data-directory.ts";

const SECRET_BYTES = 32;

/** What HAProxy knows of the gateway, which it goes on using while the server is away. */
export interface KeptPorts {
  readonly secret: string;
  /** By target group. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Of this machine, as HAProxy's configuration is: in the data directory, not in a database that servers share. */
export function readKeptPorts(path: string): KeptPorts {
  try {
    const { secret, ports } = JSON.parse(readFileSync(path, "utf8")) as Partial<KeptPorts>;
    if (typeof secret === "string" && /^[\w-]{43}$/.test(secret) && typeof ports === "object" && ports !== null) {
      const isPort = (port: unknown) => Number.isInteger(port) && (port as number) > 0 && (port as number) <= 65_535;
      return { secret, ports: Object.fromEntries(Object.entries(ports).filter(([, port]) => isPort(port))) };
    }
  } catch {
    // Missing or damaged: HAProxy is told of the new one at once.
  }
  return { secret: randomBytes(SECRET_BYTES).toString("base64url"), ports: {} };
}

/** Before HAProxy is told. Only its owner reads it. */
export function writeKeptPorts(path: string, kept: KeptPorts): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeWhole(path, `${JSON.stringify(kept)}\n`, 0o600);
}
