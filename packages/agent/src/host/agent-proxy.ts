import { reasonOf } from "@sluice/model/reason-of.ts";
import { type ForwardProxy, forwardProxyOf, UnusableProxy } from "@sluice/wire/client/forward-proxy.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type HostSettings = Readonly<Record<string, unknown>> | undefined;

/**
 * The proxy through which this host's agent asks for a URL: as agent.json says (`host.proxy`, `host.noProxy`), else as the agent's environment does. What the
 * environment has that is no HTTP proxy was never the agent's to use, so it is not asked.
 * @throws what names a setting of agent.json that is wrong
 */
export function proxyOfAgent(
  url: string,
  settings: HostSettings,
  environment: Environment = process.env,
): ForwardProxy | undefined {
  const own = checkProxySettings(settings);
  try {
    return forwardProxyOf(url, { ...own, environment });
  } catch (error) {
    if (error instanceof UnusableProxy && own.proxy === undefined) return undefined;
    throw error;
  }
}

/** What of the environment is passed over so; undefined where nothing is. */
export function passedOverProxy(
  url: string,
  settings: HostSettings,
  environment: Environment = process.env,
): string | undefined {
  try {
    forwardProxyOf(url, { ...checkProxySettings(settings), environment });
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** @throws RangeError that names what is wrong in agent.json */
export function checkProxySettings({ proxy, noProxy }: Readonly<Record<string, unknown>> = {}): {
  readonly proxy: string | undefined;
  readonly noProxy: readonly string[] | undefined;
} {
  if (proxy !== undefined && typeof proxy !== "string") {
    throw new RangeError('proxy is not text; give the URL of an HTTP proxy, such as "http://proxy.example:3128".');
  }
  const isList = Array.isArray(noProxy) && noProxy.every((entry) => typeof entry === "string");
  if (noProxy !== undefined && !isList) {
    throw new RangeError(
      `noProxy is ${JSON.stringify(noProxy)}; give a list of names and networks, such as [".example", "10.0.0.0/8"].`,
    );
  }
  return { proxy, noProxy: noProxy as readonly string[] | undefined };
}
