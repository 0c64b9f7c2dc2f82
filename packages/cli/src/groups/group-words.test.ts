import { expect, test } from "vitest";
import { formatGroup } from "./group-words.ts";

test("only hosts of a fleet binding are said to be terminated", () => {
  const shown = formatGroup({
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    blueGreenDeploymentConfiguration: {
      terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 30 },
    },
  });
  expect(shown).toContain("original hosts stay deregistered, and those of a fleet binding are terminated after 30 min");
});
