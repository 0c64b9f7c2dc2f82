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
  /** Makes it once, and finds it again. Undefined: it is there; else why it can not be used, as a sentence without a full stop. */
  ensure(signal: AbortSignal): Promise<string | undefined>;
  /** It has turned out to be gone. */
  forget(): void;
}

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

  const findAll = async (signal: AbortSignal): Promise<readonly ListedNetwork[]> => {
    const query = installationFilter(installation);
    const networks = (await api.ask({ method: "GET", path: "/networks", query }, signal)) as readonly ListedNetwork[];
    return networks.filter((network) => network.Name === name);
  };
  /** The engine takes a name twice when two servers ask at once; both then keep the same one of the two. */
  const find = async (signal: AbortSignal): Promise<ListedNetwork | undefined> => {
    const [first, ...others] = oldestFirst(await findAll(signal));
    if (others.length === 0) return first;
    for (const network of [...others.toReversed(), first!]) {
      if ((await findAll(signal)).length > 1) await remove(network, signal);
    }
    return (await findAll(signal))[0];
  };
  const remove = async ({ Id }: ListedNetwork, signal: AbortSignal): Promise<void> => {
    try {
      await api.ask({ method: "DELETE", path: `/networks/${Id}` }, signal);
    } catch (error) {
      // Containers are on it already: then another one goes.
      if (!(error instanceof EngineRefusal)) throw error;
    }
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
    await api.ask({ method: "POST", path: "/networks/create", body }, signal);
  };
  const ensure = async (signal: AbortSignal): Promise<string | undefined> => {
    if (isThere) return undefined;
    let found = await find(signal);
    if (!found) {
      try {
        await make(signal);
      } catch (error) {
        if (!isStatus(error, 409)) throw error;
      }
      found = await find(signal);
    }
    if (!found) return `the engine has a network ${name} that is not of this installation: docker network rm ${name}`;
    const subnets = (found.IPAM.Config ?? []).map((config) => config.Subnet);
    if (subnet !== undefined && !subnets.includes(subnet)) {
      return `the network ${name} has the subnet ${subnets.join(", ")}, and the binding says ${subnet}: when no task runs, docker network rm ${name}`;
    }
    isThere = true;
    return undefined;
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
