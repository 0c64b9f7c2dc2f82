import { isIP, isIPv6 } from "node:net";
import { MAX_PORT } from "@sluice/model/port.ts";
import { canonicalAddress } from "../access/canonical-address.ts";

/** `NAME[:PORT]` in one spelling, so that two of them can be compared. */
export interface Authority {
  /** Lower case, without a dot at its end; of an IPv6 address without brackets, the shortest form. */
  readonly name: string;
  readonly port: number | undefined;
}

const MAX_NAME_LENGTH = 253;
const DNS_NAME = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
const BRACKETED = /^\[([0-9a-f:.]+)(?:%[^\]]*)?\](?::(\d*))?$/;
const PLAIN = /^([^:[\]]+)(?::(\d*))?$/;

/** Reads a Host header or a configured name; null when it is not the name of a host. */
export function parseAuthority(text: string): Authority | null {
  const lower = text.trim().toLowerCase();
  if (isIPv6(lower)) return { name: canonicalAddress(lower), port: undefined };
  const [, host, digits] = BRACKETED.exec(lower) ?? PLAIN.exec(lower) ?? [];
  if (host === undefined) return null;
  const port = digits === undefined || digits === "" ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > MAX_PORT)) return null;
  if (lower.startsWith("[")) return isIPv6(host) ? { name: canonicalAddress(host), port } : null;
  const name = host.endsWith(".") ? host.slice(0, -1) : host;
  return name.length <= MAX_NAME_LENGTH && DNS_NAME.test(name) ? { name, port } : null;
}

export function formatAuthority(name: string, port: number | undefined): string {
  return `${isIP(name) === 6 ? `[${name}]` : name}${port === undefined ? "" : `:${port}`}`;
}
