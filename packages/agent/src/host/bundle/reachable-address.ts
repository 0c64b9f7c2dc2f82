import { BlockList, isIP, type LookupFunction } from "node:net";
import { addressBytes } from "@sluice/model/address-bytes.ts";
import { EventFailure } from "../event-failure.ts";

/**
 * Where nothing is to be fetched from that somebody else names: this machine itself, its neighbours on the link, and where clouds tell a
 * machine its credentials (169.254.169.254 and its like).
 */
const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet("0.0.0.0", 8, "ipv4");
FORBIDDEN.addSubnet("127.0.0.0", 8, "ipv4");
FORBIDDEN.addSubnet("169.254.0.0", 16, "ipv4");
FORBIDDEN.addAddress("100.100.100.200", "ipv4"); // Alibaba Cloud's metadata
FORBIDDEN.addAddress("192.0.0.192", "ipv4"); // Oracle Cloud's
FORBIDDEN.addAddress("168.63.129.16", "ipv4"); // Azure's
FORBIDDEN.addSubnet("224.0.0.0", 4, "ipv4");
FORBIDDEN.addAddress("255.255.255.255", "ipv4");
FORBIDDEN.addAddress("::", "ipv6");
FORBIDDEN.addAddress("::1", "ipv6");
FORBIDDEN.addSubnet("fe80::", 10, "ipv6");
FORBIDDEN.addSubnet("fd00:ec2::", 32, "ipv6"); // AWS's metadata and its neighbours
FORBIDDEN.addAddress("fd20:ce::254", "ipv6"); // Google Cloud's
FORBIDDEN.addAddress("fd00:c1::a9fe:a9fe", "ipv6"); // Oracle Cloud's
FORBIDDEN.addSubnet("ff00::", 8, "ipv6");

/** IPv6 prefixes in which an IPv4 address is written, and where in the address it begins, in bytes. */
const EMBEDDING = [
  { prefix: "00000000000000000000ffff", at: 12 }, // ::ffff:a.b.c.d
  { prefix: "000000000000000000000000", at: 12 }, // ::a.b.c.d
  { prefix: "0000000000000000ffff0000", at: 12 }, // ::ffff:0:a.b.c.d, behind a translator
  { prefix: "0064ff9b0000000000000000", at: 12 }, // 64:ff9b::a.b.c.d, behind NAT64
  { prefix: "0064ff9b0001", at: 12 }, // 64:ff9b:1::a.b.c.d, behind a NAT64 of the network's own
  { prefix: "2002", at: 2 }, // 6to4
] as const;

/** Whether the agent may connect to an address that its server, or a redirect, named. */
export function isReachable(address: string): boolean {
  const bare = address.split("%", 1)[0] ?? address;
  switch (isIP(bare)) {
    case 4:
      return !FORBIDDEN.check(bare, "ipv4");
    case 6: {
      const bytes = addressBytes(bare);
      const hex = bytes.toString("hex");
      const isForbidden = EMBEDDING.some(
        ({ prefix, at }) => hex.startsWith(prefix) && !isReachable(bytes.subarray(at, at + 4).join(".")),
      );
      return !isForbidden && !FORBIDDEN.check(bare, "ipv6");
    }
    default:
      return false;
  }
}

/**
 * Looks names up as Node does, and gives the connection only addresses that were looked at: between the look and the connection no name
 * can change its mind. Throws for a host that is an address itself, since such a one is never looked up.
 */
export function guardedLookup(hostname: string, label: string): LookupFunction {
  if (isIP(hostname) !== 0 && !isReachable(hostname)) throw refusal(label, hostname, hostname);
  return (name, options, callback) => {
    // The port's own module: an agent that fetches nothing does not carry it.
    const dns = process.getBuiltinModule("node:dns");
    dns.lookup(name, { ...options, all: true }, (error, found) => {
      const addresses = error ? [] : found;
      const forbidden = addresses.find(({ address }) => !isReachable(address));
      const failure = error ?? (forbidden && refusal(label, name, forbidden.address));
      if (failure) callback(failure as NodeJS.ErrnoException, [], 0);
      else if (options.all) callback(null, addresses);
      else callback(null, addresses[0]?.address ?? "", addresses[0]?.family ?? 0);
    });
  };
}

/**
 * The same before a proxy is asked, which looks the name up itself: it may be on this machine. A name that this host cannot look up is the proxy's to
 * judge, since a host behind a proxy often knows no names but its own network's.
 */
export function checkReachable(hostname: string, label: string): Promise<void> {
  const lookup = guardedLookup(hostname, label);
  if (isIP(hostname) !== 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error) => (error instanceof EventFailure ? reject(error) : resolve()));
  });
}

function refusal(label: string, name: string, address: string): EventFailure {
  const what = name === address ? address : `${name}, which is ${address}`;
  return new EventFailure(
    `The bundle at '${label}' was not downloaded: it is on ${what}, and this agent does not download from this machine or from a ` +
      "cloud's metadata service.",
    {
      hint: `If the bundles are really on that server, name it in this host's agent.json ("host": {"s3Endpoint": "http://${name}:PORT"}), and restart the agent.`,
    },
  );
}
