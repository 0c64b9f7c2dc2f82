import type { Option } from "../design/option.tsx";

/** What makes a deployment go back by itself: the API's events, in words. */
export const ROLLBACK_OPTIONS: readonly Option[] = [
  { id: "DEPLOYMENT_FAILURE", title: "When a deployment fails" },
  {
    id: "DEPLOYMENT_STOP_ON_ALARM",
    title: "When an alarm fires",
    description: "One of those below, while it is deployed.",
  },
  { id: "DEPLOYMENT_STOP_ON_REQUEST", title: "When somebody stops it" },
];
