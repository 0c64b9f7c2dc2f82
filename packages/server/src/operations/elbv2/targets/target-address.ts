import { BlockList } from "node:net";

/** Never a service's: where machines keep their metadata and credentials, and what is nobody's address alone. */
const NEVER: readonly (readonly [network: string, bits: number, what: string])[] = [
  ["0.0.0.0", 8, "unspecified"],
  ["169.254.0.0", 16, "link-local, where cloud machines have their metadata service"],
  ["100.100.100.200", 32, "Alibaba Cloud's metadata service"],
  ["192.0.0.192", 32, "Oracle Cloud's metadata service"],
  ["168.63.129.16", 32, "Azure's metadata service"],
  ["224.0.0.0", 4, "multicast"],
  ["240.0.0.0", 4, "reserved or broadcast"],
];
const LOOPBACK = blockOf("127.0.0.0", 8);
const REFUSED = NEVER.map(([network, bits, what]) => ({ block: blockOf(network, bits), what }));

export interface TargetRules {
  readonly allowsLocalTargets: boolean;
  /** Of this machine, beside the loopback ones. */
  readonly ownAddresses: ReadonlySet<string>;
}

/**
 * Why traffic must not be sent to an address of IPv4, as what follows "is …" without a full stop; undefined: it may be. Who may register
 * targets is not for that on this machine: by the balancer they would reach what listens for the machine alone.
 */
export function targetAddressTrouble(
  address: string,
  { allowsLocalTargets, ownAddresses }: TargetRules,
): string | undefined {
  const refused = REFUSED.find(({ block }) => block.check(address));
  if (refused) return `${refused.what}: give the address of a service`;
  if (allowsLocalTargets || !(LOOPBACK.check(address) || ownAddresses.has(address))) return undefined;
  return "an address of this machine: give another one, or set `localTargets: allow` in the weighted-router binding of sluice.yml and restart the server";
}

function blockOf(network: string, bits: number): BlockList {
  const block = new BlockList();
  block.addSubnet(network, bits, "ipv4");
  return block;
}
