import {
  type ContainerEngineWorld,
  describeContainerEngine,
} from "@sluice/drivers/contracts/container-engine-contract.fixture.ts";
import { dockerEngine } from "@sluice/drivers/docker/docker-engine.ts";
import { afterAll, beforeAll, describe, it } from "vitest";
import { startDockerEngine, type TestEngine, whyNoDockerEngine } from "./docker-engine.fixture.ts";
import { importTestImage, TEST_IMAGE } from "./test-image.fixture.ts";

const missing = whyNoDockerEngine();
if (missing === null) {
  let docker: TestEngine;
  let installations = 0;
  beforeAll(async () => {
    docker = await startDockerEngine();
    await importTestImage(docker);
  });
  afterAll(() => docker?.stop());

  describeContainerEngine("docker", async (): Promise<ContainerEngineWorld> => {
    installations += 1;
    const installation = `contract-${installations}`;
    const reopen = () => dockerEngine.create({ socket: docker.socket }, { installation, now: Date.now });
    return {
      engine: reopen(),
      reopen,
      image: TEST_IMAGE,
      missingImage: "localhost:1/no/such:image",
      close: () => removeInstallation(docker, installation),
    };
  });
} else {
  describe("the container engine docker", () => {
    it.skip(missing, () => {});
  });
}

async function removeInstallation(docker: TestEngine, installation: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`sluice.installation=${installation}`] }));
  const containers = (await docker.ask("GET", `/containers/json?all=1&filters=${filters}`)) as {
    readonly Id: string;
  }[];
  await Promise.all(containers.map(({ Id }) => docker.ask("DELETE", `/containers/${Id}?force=1&v=1`)));
  const networks = (await docker.ask("GET", `/networks?filters=${filters}`)) as { readonly Id: string }[];
  await Promise.all(networks.map(({ Id }) => docker.ask("DELETE", `/networks/${Id}`)));
}
