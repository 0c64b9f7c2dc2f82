import { networkInterfaces } from "node:os";
import { join, resolve } from "node:path";
import type { HaproxyBalancerSettings } from "@sluice/drivers/haproxy-balancer/balancer-settings.ts";
import type { BalancingDependencies } from "../balancing/balancing-loop.ts";
import type { FunctionPlaces } from "../balancing/function-servers.ts";
import type { LocalBalancing } from "../balancing/local-balancing.ts";
import type { SluiceConfig } from "../config/sluice-yml.ts";
import type { LocalFunctions } from "../functions/local-functions.ts";
import type { DataDirectory } from "../store/data-directory.ts";
import { readBalancedTasks } from "../store/elb/balanced-tasks.ts";
import { LOCAL_BALANCER, WEIGHTED_ROUTER_PORT } from "./bound-weighted-router.ts";

export interface BalancingParts extends Omit<BalancingDependencies, "balancer" | "tasks" | "functions"> {
  readonly config: SluiceConfig;
  readonly directory: DataDirectory;
  /** Undefined: sluice.yml binds none. */
  readonly functions: LocalFunctions | undefined;
}

/** Ports that HAProxy knows for functions, and the secret by which they know it. */
const GATEWAY_FILE = "haproxy-functions.json";

function readOwnAddresses(): ReadonlySet<string> {
  return new Set(Object.values(networkInterfaces()).flatMap((found) => (found ?? []).map(({ address }) => address)));
}

/** The load balancers of this server; undefined where sluice.yml binds none, and then nothing of it is loaded. */
export async function composeBalancing(parts: BalancingParts): Promise<LocalBalancing | undefined> {
  const { config, directory, store, timers } = parts;
  const binding = config.bindings.find(
    ({ port, driver }) => port === WEIGHTED_ROUTER_PORT && driver === LOCAL_BALANCER,
  );
  if (!binding) return undefined;
  const { localBalancing } = await import("../balancing/local-balancing.ts");
  const { haproxyBalancer } = await import("@sluice/drivers/haproxy-balancer/haproxy-balancer.ts");
  const { DEFAULT_ADDRESS } = await import("@sluice/drivers/haproxy-balancer/balancer-settings.ts");
  // The file was checked against the driver's schema when it was read.
  const settings = binding.settings as HaproxyBalancerSettings;
  const balancer = haproxyBalancer.create(settings, {
    directory: join(resolve(directory.root), "haproxy"),
    now: timers.now,
  });
  const { address = DEFAULT_ADDRESS, certificates = {}, awsOnly, localTargets } = settings;
  const place = {
    address,
    certificates: Object.keys(certificates),
    ignoresAwsOnly: awsOnly === "ignore",
    allowsLocalTargets: localTargets === "allow",
    ownAddresses: readOwnAddresses,
  };
  const functions = parts.functions && (await functionPlaces(parts, parts.functions));
  return localBalancing(balancer, place, { ...parts, functions, tasks: () => readBalancedTasks(store.db) });
}

async function functionPlaces(parts: BalancingParts, functions: LocalFunctions): Promise<FunctionPlaces> {
  const { httpGateway } = await import("../functions/http-gateway/http-gateway.ts");
  const { store, directory, timers, log, onError } = parts;
  const file = join(resolve(directory.root), GATEWAY_FILE);
  return httpGateway({ functions, store, file, now: timers.now, log, onError });
}
