import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDockerEngine, type TestEngine, whyNoDockerEngine } from "../containers/docker-engine.fixture.ts";
import { importTestImage } from "../containers/test-image.fixture.ts";
import { closeWithHaproxy } from "../haproxy/close-with-haproxy.fixture.ts";
import { whyNoHaproxy } from "../haproxy/haproxy-process.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

/** A server with a Docker Engine and an HAProxy of its own: clusters, services and load balancers are real. */
export interface ContainerServer {
  readonly server: SluiceServer;
  readonly engine: TestEngine;
  close(): Promise<void>;
}

export function whyNoContainers(): string | null {
  return whyNoDockerEngine() ?? whyNoHaproxy();
}

export async function startContainerServer(): Promise<ContainerServer> {
  const engine = await startDockerEngine();
  const folder = mkdtempSync(join(tmpdir(), "sluice-containers-"));
  await importTestImage(engine);
  const config = join(folder, "sluice.yml");
  writeFileSync(
    config,
    `bindings:
  - { match: "*", port: task-sets, driver: docker, settings: { socket: ${engine.socket} } }
  - { match: "*", port: weighted-router, driver: haproxy, settings: { address: 127.0.0.1 } }
`,
  );
  const server = await startSluiceServer({ args: ["--config", config] });
  return {
    server,
    engine,
    async close() {
      await closeWithHaproxy(server);
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
