import type { ListenerPlan } from "@sluice/engine/ports/balancer.ts";
import { DEFAULT_ADDRESS, type HaproxyBalancerSettings } from "./balancer-settings.ts";
import { readCertificate } from "./certificate-files.ts";
import { portTrouble } from "./taken-port.ts";

export interface OutsideLook {
  /** Why a listener cannot be served now, by its id. */
  readonly unserved: ReadonlyMap<string, string>;
  /** Changes with every certificate that is used. */
  readonly certificatesDigest: string;
  /** The same text for as long as nothing of it changes. */
  readonly outside: string;
}

/**
 * What stands in the way of single listeners: ports that others have, and certificates.
 *
 * @param ownPorts those that HAProxy itself has
 */
export async function lookOutside(
  listeners: readonly ListenerPlan[],
  ownPorts: ReadonlySet<number>,
  { address = DEFAULT_ADDRESS, certificates = {} }: HaproxyBalancerSettings,
): Promise<OutsideLook> {
  const unserved = new Map<string, string>();
  const digests: string[] = [];
  for (const { listenerId, port, certificate, protocol } of listeners) {
    if (protocol === "https") {
      const path = certificates[certificate ?? ""];
      const reading =
        path === undefined
          ? { trouble: `the certificate ${certificate} is not in the setting \`certificates\`: add it there` }
          : await readCertificate(certificate!, path);
      if ("trouble" in reading) unserved.set(listenerId, reading.trouble);
      else digests.push(`${listenerId} ${reading.digest}`);
    }
    const taken = ownPorts.has(port) ? undefined : await portTrouble(address, port);
    if (taken !== undefined) unserved.set(listenerId, taken);
  }
  const certificatesDigest = digests.join("\n");
  return { unserved, certificatesDigest, outside: JSON.stringify([[...unserved], certificatesDigest]) };
}
