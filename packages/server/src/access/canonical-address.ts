import { isIPv4, isIPv6, SocketAddress } from "node:net";

/** An address as the server spells it wherever it compares or shows one: `::ffff:10.0.0.1` is `10.0.0.1`, and `0:0::1` is `::1`. */
export function canonicalAddress(address: string): string {
  const bare = address.split("%", 1)[0] ?? address;
  if (!isIPv6(bare)) return bare;
  const { address: shortest } = new SocketAddress({ address: bare, family: "ipv6" });
  const mapped = shortest.startsWith("::ffff:") ? shortest.slice("::ffff:".length) : "";
  return isIPv4(mapped) ? mapped : shortest;
}
