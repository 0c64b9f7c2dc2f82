import type { PlannedEvent } from "../../planned-event.ts";

/** The events of ECS and Lambda (codedeploy-semantics.md, section 3). Traffic, and what runs, is the platform's; everything else is for hooks. */
export const ECS_PLAN: readonly PlannedEvent[] = [
  { name: "BeforeInstall", by: "hook" },
  { name: "Install", by: "platform" },
  { name: "AfterInstall", by: "hook" },
  { name: "AllowTestTraffic", by: "platform" },
  { name: "AfterAllowTestTraffic", by: "hook" },
  { name: "BeforeAllowTraffic", by: "hook" },
  { name: "AllowTraffic", by: "platform" },
  { name: "AfterAllowTraffic", by: "hook" },
];

/** Of a deployment that waits for ContinueDeployment when the test traffic has moved. */
export const ECS_WITH_LEAVE_PLAN: readonly PlannedEvent[] = ECS_PLAN.map((event) =>
  event.name === "BeforeAllowTraffic" ? { ...event, awaitsLeave: true } : event,
);

export const LAMBDA_PLAN: readonly PlannedEvent[] = [
  { name: "BeforeAllowTraffic", by: "hook" },
  { name: "AllowTraffic", by: "platform" },
  { name: "AfterAllowTraffic", by: "hook" },
];

/** Going back runs no hook: the revision that it goes back to has passed them. */
export const SHIFT_BACK_PLAN: readonly PlannedEvent[] = [{ name: "AllowTraffic", by: "platform" }];
