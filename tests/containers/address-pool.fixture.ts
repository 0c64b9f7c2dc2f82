import { once } from "node:events";
import { createServer } from "node:net";

/** Addresses that no other engine of the tests uses now. */
export interface AddressPool {
  readonly subnet: string;
  /** With which its addresses begin. */
  readonly prefix: string;
  readonly release: () => void;
}

/** 198.18.0.0/15 is for measuring network devices (RFC 2544): no machine has anything there. */
const NETWORKS = 512;

/** Claimed by a socket without a file, which ends with whoever has it. */
export async function claimAddressPool(): Promise<AddressPool> {
  const first = process.pid % NETWORKS;
  for (let step = 0; step < NETWORKS; step++) {
    const number = (first + step) % NETWORKS;
    const claim = createServer();
    claim.unref();
    claim.listen(`\0sluice-test-addresses-${number}`);
    try {
      await once(claim, "listening");
    } catch {
      continue;
    }
    const prefix = `198.${18 + Math.floor(number / 256)}.${number % 256}.`;
    return { subnet: `${prefix}0/24`, prefix, release: () => claim.close() };
  }
  throw new Error("all addresses for engines of the tests are taken");
}
