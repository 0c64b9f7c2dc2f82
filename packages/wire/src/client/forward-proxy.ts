import { BlockList, isIP } from "node:net";

export interface ForwardProxySettings {
  /** Of this program's own configuration; it counts before the environment's. */
  readonly proxy?: string | undefined;
  /** Where no proxy is asked. Counts before the environment's `no_proxy`, too. */
  readonly noProxy?: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A proxy's URL, and a way to name it that shows no password. */
export interface ForwardProxy {
  readonly url: string;
  readonly name: string;
}

/** What a proxy's setting must be. Without a scheme it is http, as for curl. */
const PROXY_SCHEMES: ReadonlySet<string> = new Set(["http:", "https:"]);
const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

export class UnusableProxy extends Error {
  override readonly name = "UnusableProxy";
}

/**
 * The forward proxy through which a URL is to be asked: `proxy`, else the environment's `https_proxy` or `http_proxy`, in small letters or capitals. None
 * for this machine itself, nor for what `no_proxy` names: names and their subdomains, addresses, networks (10.0.0.0/8), each with a port or without, or `*`.
 * @throws UnusableProxy that names the setting and the cure, and no password
 */
export function forwardProxyOf(url: string, settings: ForwardProxySettings): ForwardProxy | undefined {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const [setting, value] = settingOf(`${scheme}_proxy`, settings);
  if (value === "") return undefined;
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const target = { host, port: port === "" ? (protocol === "https:" ? "443" : "80") : port };
  if (isLoopback(host) || exceptions(settings).some((entry) => isException(entry, target))) return undefined;
  return usable(setting, value);
}

function settingOf(name: string, { proxy, environment }: ForwardProxySettings): readonly [string, string] {
  if (proxy !== undefined) return ["proxy", proxy];
  const found = [name, name.toUpperCase()].find((spelling) => environment[spelling]);
  return found === undefined ? [name, ""] : [found, environment[found] ?? ""];
}

function exceptions({ noProxy, environment }: ForwardProxySettings): readonly string[] {
  const list = noProxy ?? (environment.no_proxy || environment.NO_PROXY || "").split(/[\s,]+/);
  return list.map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== "");
}

function isException(entry: string, target: { readonly host: string; readonly port: string }): boolean {
  if (entry === "*") return true;
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*|[^:]*:[^:]*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
  if (port !== undefined && port !== target.port) return false;
  const name = (bracketed ?? plain ?? entry).replace(/^\*?\./, "");
  const [network = "", bits] = name.split("/", 2);
  if (bits !== undefined) return isInNetwork(target.host, network, Number(bits));
  return target.host === name || (isIP(target.host) === 0 && target.host.endsWith(`.${name}`));
}

function isInNetwork(host: string, network: string, bits: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  try {
    list.addSubnet(network, bits, type);
  } catch {
    return false; // no such prefix
  }
  return list.check(host, type);
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host.endsWith(".localhost")) return true;
  const family = isIP(host);
  return family !== 0 && LOOPBACK.check(host, family === 4 ? "ipv4" : "ipv6");
}

function usable(setting: string, value: string): ForwardProxy {
  const text = HAS_SCHEME.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !PROXY_SCHEMES.has(url.protocol) || url.hostname === "") {
    throw new UnusableProxy(
      `${setting} is not the URL of an HTTP proxy. Write it as http://proxy.example:3128, with USER:PASSWORD@ before the name if the proxy asks for them.`,
    );
  }
  return { url: url.href, name: `${url.protocol}//${url.host}` };
}
