import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { LocalBalancing } from "../../balancing/local-balancing.ts";

const EXAMPLE = '- { match: "*", port: weighted-router, driver: haproxy, settings: { address: 127.0.0.1 } }';

/** Load balancers run on this machine only where its operator says so. */
export function requireBalancing(balancing: LocalBalancing | undefined): LocalBalancing {
  if (balancing) return balancing;
  throw new CallerFault(
    "OperationNotPermitted",
    `This server runs no load balancers: no binding says that it may. Add one to the bindings in sluice.yml, such as ${EXAMPLE}, and restart the server with --config sluice.yml. For load balancers of AWS, call AWS without this server's endpoint_url.`,
  );
}
