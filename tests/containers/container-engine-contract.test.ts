import {
  type ContainerEngineWorld,
  describeContainerEngine,
} from "@sluice/drivers/contracts/container-engine-contract.fixture.ts";
import { dockerEngine } from "@sluice/drivers/docker/docker-engine.ts";
import { afterAll, beforeAll, describe, it } from "vitest";
import { removeInstallation, startDockerEngine, type TestEngine, whyNoDockerEngine } from "./docker-engine.fixture.ts";
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
    const reopen = () =>
      dockerEngine.create(
        { socket: docker.socket },
        { installation, now: Date.now, signal: new AbortController().signal },
      );
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
