import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Something to scrape: gauges by name, set by the test. */
export interface GaugeTarget {
  /** `HOST:PORT`. */
  readonly address: string;
  set(metric: string, value: number): void;
  stop(): Promise<void>;
}

export async function startGaugeTarget(first: Readonly<Record<string, number>>): Promise<GaugeTarget> {
  const gauges = new Map(Object.entries(first));
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
    response.end([...gauges].map(([metric, value]) => `# TYPE ${metric} gauge\n${metric} ${value}\n`).join(""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (metric, value) => void gauges.set(metric, value),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
