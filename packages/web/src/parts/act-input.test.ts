import type { DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import { expect, it } from "vitest";
import { actInput } from "./act-input.ts";

const described = { deployment: { deploymentId: "d-1" }, shift: { percent: 10 } } as DescribeDeploymentOutput;

it.each(["next", "finish", "pause", "resume"])("says with %s at which weight it was decided", (action) => {
  expect(actInput(described, action, "why")).toEqual({ deploymentId: "d-1", action, reason: "why", percent: 10 });
});

it.each(["stop", "stop-and-roll-back", "continue", "skip-wait"])(
  "sends no weight with %s, with which the API refuses it",
  (action) => {
    expect(actInput(described, action, "why")).toEqual({ deploymentId: "d-1", action, reason: "why" });
  },
);
