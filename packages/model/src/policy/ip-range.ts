/** Addresses that share their first `prefixBits` bits. `words` are 32 bits each, not negative: one of IPv4, four of IPv6. */
export interface IpRange {
  readonly words: readonly number[];
  readonly prefixBits: number;
}

const GROUP = /^[0-9a-fA-F]{1,4}$/;
/** No address is longer: `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`. */
const MAX_ADDRESS_LENGTH = 45;
const BITS_PER_WORD = 32;
const GROUPS = 8;
const DOT = 0x2e;
const ZERO = 0x30;

/** The words of an address, undefined when it is none. An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) is an IPv4 address. */
export function parseAddress(text: string): readonly number[] | undefined {
  if (text.length > MAX_ADDRESS_LENGTH) return undefined;
  if (!text.includes(":")) return ipv4Words(text);
  const words = ipv6Words(text);
  const [first, second, third, fourth] = words ?? [];
  return first === 0 && second === 0 && third === 0xffff && fourth !== undefined ? [fourth] : words;
}

/** `203.0.113.0/24`, `2001:db8::/32`, or a single address. Bits after the prefix do not count. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = "", prefix, ...rest] = text.split("/");
  if (rest.length > 0) return undefined;
  const words = parseAddress(address);
  if (words === undefined) return undefined;
  const allBits = words.length * BITS_PER_WORD;
  if (prefix === undefined) return { words, prefixBits: allBits };
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix)) return undefined;
  // `::ffff:192.0.2.0/120` counts its bits as IPv6 does.
  const prefixBits = Number(prefix) - (words.length === 1 && address.includes(":") ? 3 * BITS_PER_WORD : 0);
  return prefixBits >= 0 && prefixBits <= allBits ? { words, prefixBits } : undefined;
}

export function isInRange(address: readonly number[], range: IpRange): boolean {
  if (address.length !== range.words.length) return false;
  let bits = range.prefixBits;
  for (let index = 0; bits > 0; index++) {
    const difference = (address[index] ?? 0) ^ (range.words[index] ?? 0);
    if (difference >>> (BITS_PER_WORD - Math.min(bits, BITS_PER_WORD)) !== 0) return false;
    bits -= BITS_PER_WORD;
  }
  return true;
}

/** By hand: every call of a policy with an address comes here, and a regular expression takes several times as long. */
function ipv4Words(text: string): readonly number[] | undefined {
  let word = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT && digits > 0) {
      word = word * 256 + part;
      part = 0;
      digits = 0;
      dots += 1;
      continue;
    }
    const digit = code - ZERO;
    // A leading zero would make a number octal for some readers: 010 is 8 or 10.
    if (digit < 0 || digit > 9 || (digits > 0 && part === 0)) return undefined;
    part = part * 10 + digit;
    digits += 1;
    if (part > 255) return undefined;
  }
  return dots === 3 && digits > 0 ? [word * 256 + part] : undefined;
}

function ipv6Words(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = GROUPS - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<number>(missing).fill(0), ...(tail ?? [])];
  return [0, 2, 4, 6].map((at) => (groups[at] ?? 0) * 0x10000 + (groups[at + 1] ?? 0));
}

/** The 16-bit groups of a half of an IPv6 address; a dotted end is two. */
function groupsOf(half: string): readonly number[] | undefined {
  if (half === "") return [];
  const parts = half.split(":");
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const [word] = index === parts.length - 1 ? (ipv4Words(part) ?? []) : [];
    if (word !== undefined) groups.push(Math.floor(word / 0x10000), word % 0x10000);
    else if (GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
