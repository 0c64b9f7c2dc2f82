const PROXIES = ["http_proxy", "https_proxy", "all_proxy"];

/**
 * What keeps AWS tools from sending calls for `host` to the proxy that the environment names, which could not pass a server on this
 * machine on. Both spellings, since each tool reads its own. Nothing where there is no proxy or the exception exists.
 */
export function proxyException(host: string, environment: NodeJS.ProcessEnv): Record<string, string> {
  const hasProxy = PROXIES.some((name) => environment[name] || environment[name.toUpperCase()]);
  if (!hasProxy) return {};
  const spellings = ["no_proxy", "NO_PROXY"] as const;
  // A tool that finds both reads the first only.
  const exceptions = spellings.map((name) => environment[name] ?? "").find((list) => list !== "") ?? "";
  const hosts = exceptions.split(",").map((entry) => entry.trim());
  const isException = hosts.includes("*") || hosts.includes(host);
  if (isException && spellings.every((name) => environment[name] === exceptions)) return {};
  const list = isException ? exceptions : [...hosts, host].filter((entry) => entry !== "").join(",");
  return Object.fromEntries(spellings.map((name) => [name, list]));
}
