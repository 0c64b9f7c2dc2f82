import { CONTAINER_PORT, type ContainerService } from "./container-service.ts";
import type { BenchContext, Measured } from "./figure.ts";
import type { LoadOrder, LoadResult } from "./load-generator.ts";
import { startHelper } from "./measuring-helper.ts";
import { median, worst } from "./statistics.ts";

const REPETITIONS = 5;
const CONNECTIONS = 16;
const WARM_UP_SECONDS = 1;
const SECONDS = 3;

/** The same bytes to a task's own address and to the balancer's listener in front of it, in turn. */
export async function balancerRate(
  service: ContainerService,
  { repetitions = REPETITIONS, say }: Pick<BenchContext, "repetitions" | "say">,
): Promise<readonly Measured[]> {
  const [address] = await service.addresses();
  const places = { direct: { host: address, port: CONTAINER_PORT }, balanced: { port: service.listenerPort } };
  const generator = startHelper("load-generator.ts");
  const load = (place: { readonly host?: string | undefined; readonly port: number }, connections: number) =>
    generator.ask<LoadResult>({
      ...place,
      request: "GET / HTTP/1.1\r\nhost: bench\r\n\r\n",
      connections,
      warmUpSeconds: WARM_UP_SECONDS,
      seconds: SECONDS,
    } satisfies LoadOrder);
  const alone = { direct: [] as LoadResult[], balanced: [] as LoadResult[] };
  const many = { direct: [] as LoadResult[], balanced: [] as LoadResult[] };
  try {
    for (let round = 0; round < repetitions; round++) {
      for (const way of ["direct", "balanced"] as const) {
        alone[way].push(await load(places[way], 1));
        many[way].push(await load(places[way], CONNECTIONS));
      }
      say(
        `${describe("direct", alone.direct.at(-1), many.direct.at(-1))}; ${describe("balanced", alone.balanced.at(-1), many.balanced.at(-1))}`,
      );
    }
  } finally {
    generator.close();
  }
  const added = alone.balanced.map(({ latency }, round) => latency.median - (alone.direct[round]?.latency.median ?? 0));
  const shares = many.balanced.map(
    ({ requestsPerSecond }, round) => requestsPerSecond / (many.direct[round]?.requestsPerSecond ?? 0),
  );
  const rate = (results: readonly LoadResult[]) => median(results.map(({ requestsPerSecond }) => requestsPerSecond));
  const milliseconds = (results: readonly LoadResult[], pick: "median" | "high") =>
    (median(results.map(({ latency }) => latency[pick])) * 1000).toFixed(2);
  return [
    {
      figure: "latency that the balancer adds, one connection",
      unit: "ms",
      reached: median(added) * 1000,
      detail:
        `median of ${repetitions}; worst ${(worst(added) * 1000).toFixed(2)}; through the balancer: median ${milliseconds(alone.balanced, "median")} ms, ` +
        `99 of 100 within ${milliseconds(alone.balanced, "high")} ms`,
      reference: `direct to the task: median ${milliseconds(alone.direct, "median")} ms, 99 of 100 within ${milliseconds(alone.direct, "high")} ms`,
    },
    {
      figure: `requests through the balancer, ${CONNECTIONS} connections`,
      unit: "requests/s",
      reached: rate(many.balanced),
      detail:
        `median of ${repetitions}; share of the reference: median ${median(shares).toFixed(2)}; one small Node task, with client and balancer on the ` +
        `same cores; 99 of 100 within ${milliseconds(many.balanced, "high")} ms`,
      reference: `direct to the task: median ${rate(many.direct).toFixed(0)} requests/s, 99 of 100 within ${milliseconds(many.direct, "high")} ms`,
    },
  ];
}

function describe(way: string, alone: LoadResult | undefined, many: LoadResult | undefined): string {
  return `${way} ${((alone?.latency.median ?? 0) * 1000).toFixed(2)} ms, ${many?.requestsPerSecond.toFixed(0)} requests/s`;
}
