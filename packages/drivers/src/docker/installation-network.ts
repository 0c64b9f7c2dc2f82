import { INSTALLATION_LABEL, installationFilter, networkNameOf } from "./container-identity.ts";
import { PUBLISHED_ON } from "./creation.ts";
import type { EngineApi } from "./engine-api.ts";
import { EngineRefusal, isStatus } from "./engine-fault.ts";

/** What is read of the engine's `GET /networks`. */
interface ListedNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string }[] | null };
}

export interface InstallationNetwork {
  /** Makes it once, and finds it again. Undefined: it is there; else why it cannot be used, as a sentence without a full stop. */
  ensure(signal: AbortSignal): Promise<string | undefined>;
  /** It has turned out to be gone. */
  forget(): void;
}

/** Others that make and remove networks of one name at the same time end by then. */
const ATTEMPTS = 10;

/** A bridge that every task of the installation is on, and nobody else. Throws as {@link askEngine}. */
export function createInstallationNetwork(
  api: EngineApi,
  installation: string,
  subnet: string | undefined,
): InstallationNetwork {
  const name = networkNameOf(installation);
  let isThere = false;
  /** One at a time, lest two are made: the engine tells networks apart by their ids. */
  let turn: Promise<unknown> = Promise.resolve();

  const find = async (signal: AbortSignal): Promise<readonly ListedNetwork[]> => {
    const query = installationFilter(installation);
    const networks = (await api.ask({ method: "GET", path: "/networks", query }, signal)) as readonly ListedNetwork[];
    return oldestFirst(networks.filter((network) => network.Name === name));
  };
  const make = async (signal: AbortSignal): Promise<void> => {
    const body = {
      Name: name,
      CheckDuplicate: true,
      Driver: "bridge",
      Labels: { [INSTALLATION_LABEL]: installation },
      Options: { "com.docker.network.bridge.host_binding_ipv4": PUBLISHED_ON },
      ...(subnet === undefined ? {} : { IPAM: { Driver: "default", Config: [{ Subnet: subnet }] } }),
    };
    try {
      await api.ask({ method: "POST", path: "/networks/create", body }, signal);
    } catch (error) {
      // Another server was first, or a stranger has the name: the next look tells.
      if (!isStatus(error, 409)) throw error;
    }
  };
  /** The engine takes a name twice when two servers ask at once. Both keep the oldest, unless there are containers on another already. */
  const keepOne = async ([oldest, ...others]: readonly ListedNetwork[], signal: AbortSignal): Promise<void> => {
    let isInUse = false;
    for (const network of others) if (!(await remove(network, signal))) isInUse = true;
    if (isInUse && oldest) await remove(oldest, signal);
  };
  const remove = async ({ Id }: ListedNetwork, signal: AbortSignal): Promise<boolean> => {
    try {
      await api.ask({ method: "DELETE", path: `/networks/${Id}` }, signal);
      return true;
    } catch (error) {
      if (error instanceof EngineRefusal) return error.status === 404;
      throw error;
    }
  };
  const subnetTrouble = ({ IPAM }: ListedNetwork): string | undefined => {
    const subnets = (IPAM.Config ?? []).map((config) => config.Subnet);
    if (subnet === undefined || subnets.includes(subnet)) return undefined;
    return `the network ${name} has the subnet ${subnets.join(", ")}, and the binding says ${subnet}: when no task runs, docker network rm ${name}`;
  };
  const ensure = async (signal: AbortSignal): Promise<string | undefined> => {
    if (isThere) return undefined;
    let found: readonly ListedNetwork[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      found = await find(signal);
      const [only, second] = found;
      if (only && !second) {
        const trouble = subnetTrouble(only);
        isThere = trouble === undefined;
        return trouble;
      }
      if (second) await keepOne(found, signal);
      else await make(signal);
    }
    const what = found.length === 0 ? "a network that is not of this installation" : "more than one network";
    return `the engine has ${what} by the name ${name}: docker network rm ${name}`;
  };
  return {
    ensure: (signal) => {
      if (isThere) return Promise.resolve(undefined);
      const next = turn.then(() => ensure(signal));
      turn = next.catch(() => {});
      return next;
    },
    forget: () => {
      isThere = false;
    },
  };
}

function oldestFirst(networks: readonly ListedNetwork[]): ListedNetwork[] {
  const ageOrder = (one: ListedNetwork, other: ListedNetwork) =>
    Date.parse(one.Created) - Date.parse(other.Created) || (one.Id < other.Id ? -1 : 1);
  return [...networks].sort(ageOrder);
}
