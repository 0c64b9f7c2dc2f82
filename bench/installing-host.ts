import { createHost } from "@sluice/agent/host/host.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import type { Orders } from "./install-figure.ts";

// Both events by the agent's own code, in a process that has the agent's settings: what V8 may compile makes a difference to tens of thousands of files.

process.on("message", async ({ directory, specification, bundleUrl }: Orders) => {
  // As an enrolled agent's is: else it fetches nothing from this machine.
  const host = createHost({ directory, config: { trustedOrigins: [new URL(bundleUrl).origin] } });
  host.sweepOnStart();
  const time = async (commandName: string) => {
    const start = performance.now();
    const command = { commandName, specification: specification as DeploymentSpecification, bundleUrl };
    const outcome = await host.run(command, { write: () => {} }, new AbortController().signal);
    if (outcome.errorCode !== 0) throw new Error(`${commandName}: ${outcome.message}`);
    return (performance.now() - start) / 1000;
  };
  const seconds = { download: await time("DownloadBundle"), install: await time("Install") };
  host.close();
  process.send?.(seconds);
});
