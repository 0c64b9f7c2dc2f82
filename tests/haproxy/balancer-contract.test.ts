import { describeBalancer } from "@sluice/drivers/contracts/balancer-contract.fixture.ts";
import { describe, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { serverAt, TestBalancer } from "./balancer.fixture.ts";
import { whyNoHaproxy } from "./haproxy-process.fixture.ts";
import { WebHost } from "./web-host.fixture.ts";

const missing = whyNoHaproxy();
if (missing === null) {
  describeBalancer("haproxy", async () => {
    const hosts = [new WebHost("s1"), new WebHost("s2")] as const;
    for (const host of hosts) await host.start();
    const own = new TestBalancer();
    return {
      balancer: own.balancer,
      servers: [serverAt(hosts[0]), serverAt(hosts[1])],
      ports: [await freePort(), await freePort()],
      setHealthy: async ({ serverId }, isHealthy) => {
        for (const host of hosts) if (host.name === serverId) host.isHealthy = isHealthy;
      },
      close: async () => {
        await own.stop();
        for (const host of hosts) await host.stop();
      },
    };
  });
} else {
  describe("the balancer driver haproxy", () => {
    it.skip(missing, () => {});
  });
}
