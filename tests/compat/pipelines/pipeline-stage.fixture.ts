import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { hooksAppSpec } from "../../installation/bundle.fixture.ts";
import { CodeDeploy } from "../../installation/code-deploy.fixture.ts";
import { type SluiceAgent, startSluiceAgent } from "../../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../../installation/sluice-server.fixture.ts";

export const FLEET = [{ Key: "Fleet", Value: "pipelines", Type: "KEY_AND_VALUE" as const }];

/** A server with one host of the fleet, the application `shop` with its group `live`, and the bucket `revisions`. */
export interface PipelineStage {
  readonly server: SluiceServer;
  readonly codeDeploy: CodeDeploy;
  /** Scratch space of the test. While there is a file `hold` in it, hooks wait. */
  readonly folder: string;
  readonly close: () => Promise<void>;
}

/** @param config of the server, as YAML */
export async function openPipelineStage(config = ""): Promise<PipelineStage> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-pipelines-"));
  const file = join(folder, "sluice.yml");
  writeFileSync(file, config);
  const server = await startSluiceServer({ args: config === "" ? [] : ["--config", file] });
  const host = { name: "web-1", tags: ["Fleet=pipelines"], environment: { ...process.env, HOST_FOLDER: folder } };
  const agent: SluiceAgent = await startSluiceAgent(server, host);
  const codeDeploy = await CodeDeploy.begin(server, "shop");
  await codeDeploy.createGroup({ group: "live", fleet: "pipelines" });
  return {
    server,
    codeDeploy,
    folder,
    close: async () => {
      codeDeploy.close();
      await agent.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Files of a revision whose one hook waits while the stage holds it, and ends so. */
export function revisionFiles(exitCode: number): Readonly<Record<string, string>> {
  const hook = `#!/bin/sh\nwhile [ -e "$HOST_FOLDER/hold" ]; do sleep 0.1; done\nexit ${exitCode}\n`;
  return { "appspec.yml": hooksAppSpec({ ValidateService: "check.sh" }), "check.sh": hook };
}

export function revisionZip(exitCode: number): Buffer {
  return Buffer.from(zipOf(revisionFiles(exitCode)));
}
