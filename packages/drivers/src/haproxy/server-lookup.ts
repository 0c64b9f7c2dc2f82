import { isIP, SocketAddress } from "node:net";
import type { RoutedHost } from "@sluice/engine/ports/traffic-router.ts";
import { someOf } from "@sluice/model/some-of.ts";
import type { BalancerState, ServerState } from "../haproxy-runtime/balancer-state.ts";

/** HAProxy's own rule for the names of backends and servers. It leaves nothing that could end a command or begin another. */
const NAME = /^[A-Za-z0-9_.:-]+$/;
const MAX_NAME_LENGTH = 255;
/** A message lists no more names than a person reads. */
const LISTED_NAMES = 20;

export function isHaproxyName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && NAME.test(name);
}

/** What the settings say of names. A group or host that they leave out keeps its own name. */
export interface NameMappings {
  readonly backends: ReadonlyMap<string, string>;
  readonly servers: ReadonlyMap<string, string>;
}

export type LookedUp = { readonly server: ServerState } | { readonly missing: string };

/**
 * The one server that stands for a host in a backend: by the mapping; else by a server's name equal to the host's name or id; else
 * by address. `missing` says why there is none, with what there is instead.
 */
export function lookUpServer(
  state: BalancerState,
  socketName: string,
  { host, group }: { readonly host: RoutedHost; readonly group: string },
  { backends, servers }: NameMappings,
): LookedUp {
  const backend = backends.get(group) ?? group;
  const inBackend = state.servers.filter((server) => server.backend === backend);
  if (inBackend.length === 0) {
    const known = list([...new Set(state.servers.map((server) => server.backend))]);
    const mapped = backend === group ? "" : `, which the settings name for ${quote(group)},`;
    return { missing: `${socketName} knows no backend ${quote(backend)}${mapped} with servers: it has ${known}` };
  }
  const found = matchServer(inBackend, host, servers);
  if (found.length === 1) return { server: found[0]! };
  const names = list(inBackend.map(({ server, address }) => `${server}${address === null ? "" : ` (${address})`}`));
  const place = `in the backend ${backend} of ${socketName}`;
  if (found.length > 1) {
    const candidates = list(found.map(({ server }) => server));
    return {
      missing: `${host.address} is the address of ${candidates} ${place}: name one for the host in the setting "servers"`,
    };
  }
  const mapped = servers.get(host.hostId) ?? servers.get(host.hostName);
  const sought = mapped
    ? `${quote(mapped)}, which the settings name for ${host.hostName} (${host.hostId})`
    : `named ${quote(host.hostName)} or ${quote(host.hostId)}${host.address ? ` or of address ${host.address}` : ""}`;
  return { missing: `there is no server ${sought}, ${place}: it has ${names}` };
}

function matchServer(
  candidates: readonly ServerState[],
  { hostId, hostName, address }: RoutedHost,
  mapping: ReadonlyMap<string, string>,
): readonly ServerState[] {
  const mapped = mapping.get(hostId) ?? mapping.get(hostName);
  if (mapped !== undefined) return candidates.filter(({ server }) => server === mapped);
  for (const name of [hostName, hostId]) {
    const named = candidates.filter(({ server }) => server === name);
    if (named.length > 0) return named;
  }
  if (address === null) return [];
  const wanted = canonicalAddress(address);
  return candidates.filter((candidate) => candidate.address !== null && canonicalAddress(candidate.address) === wanted);
}

/** One spelling for each IPv6 address. */
function canonicalAddress(address: string): string {
  return isIP(address) === 6 ? new SocketAddress({ address, family: "ipv6" }).address : address.toLowerCase();
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : someOf(names, LISTED_NAMES);
}

function quote(name: string): string {
  return JSON.stringify(name);
}
