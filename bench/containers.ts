import { whyNoDockerEngine } from "../tests/containers/docker-engine.fixture.ts";
import { whyNoHaproxy } from "../tests/haproxy/haproxy-process.fixture.ts";
import { balancerRate } from "./balancer-rate.ts";
import { containerMemory } from "./container-memory.ts";
import { type ContainerService, startContainerService } from "./container-service.ts";
import { containerShift } from "./container-shift.ts";
import { containerStart } from "./container-start.ts";
import type { BenchContext, Figure, Measured } from "./figure.ts";
import { shiftsUnderLoad } from "./shifts-under-load.ts";

type Measure = (service: ContainerService, context: BenchContext) => Promise<readonly Measured[]>;

/** Those that need a Docker Engine, each with one of its own. */
export const containerFigures: readonly Figure[] = [
  figure("container-memory", "memory of a server with containers", containerMemory),
  figure("container-start", "CreateTaskSet to the first answer, and docker run", containerStart),
  figure("container-shift", "new weights, to the first request by them", containerShift),
  figure("balancer", "requests through the balancer, and direct", balancerRate),
  figure("shifts-under-load", "requests lost over shifts", shiftsUnderLoad),
];

function figure(name: string, title: string, measure: Measure): Figure {
  return {
    name,
    title,
    measure: async (context) => {
      const why = whyNoDockerEngine() ?? whyNoHaproxy();
      if (why !== null) {
        context.say(`skipped: ${why}`);
        return [];
      }
      const service = await startContainerService(context.release, context.folder);
      try {
        return await measure(service, context);
      } finally {
        await service.close();
      }
    },
  };
}
