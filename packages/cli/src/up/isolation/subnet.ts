/** An IPv4 network in CIDR notation, as numbers: `first` to `last`, both included. */
interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** The hosts of one `sluice up`: a /24 with the machine at .1 and the hosts from .11. */
export interface Subnet {
  /** `10.77.0`: what all its addresses begin with. */
  readonly prefix: string;
}

export const MAX_HOSTS = 200;
const FIRST_HOST = 11;
const CANDIDATES = 256;

function parseAddress(text: string): number | undefined {
  const parts = text.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function parseRange(destination: string): AddressRange | undefined {
  const [address = "", bits = "32"] = destination.split("/");
  const start = parseAddress(address);
  if (start === undefined) return undefined;
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(start / size) * size;
  return { first, last: first + size - 1 };
}

/**
 * A /24 of 10.77.0.0/16 that no route of the machine touches.
 * @param destinations of `ip -json route show table all`; `default` is not taken for a claim on everything
 * @param preferred the network of the last run, kept if it is still free: the hosts enrolled at the server's address in it, and have to enrol again at another
 * @throws Error when none is free
 */
export function chooseSubnet(destinations: readonly string[], preferred: string | undefined): Subnet {
  const taken = destinations.map(parseRange).filter((range) => range !== undefined);
  const isFree = (prefix: string): boolean => {
    const range = parseRange(`${prefix}.0/24`);
    return range !== undefined && taken.every(({ first, last }) => last < range.first || first > range.last);
  };
  const candidates = Array.from({ length: CANDIDATES }, (_, index) => `10.77.${index}`);
  const prefix = [...(preferred === undefined ? [] : [preferred]), ...candidates].find(isFree);
  if (prefix === undefined)
    throw new Error(
      "every network in 10.77.0.0/16 conflicts with a route of this machine: see `ip route show table all`",
    );
  return { prefix };
}

export function machineAddress(subnet: Subnet): string {
  return `${subnet.prefix}.1`;
}

/** @param index of the host, from 0 */
export function hostAddress(subnet: Subnet, index: number): string {
  if (index >= MAX_HOSTS) throw new Error(`one network can have at most ${MAX_HOSTS} hosts`);
  return `${subnet.prefix}.${FIRST_HOST + index}`;
}
