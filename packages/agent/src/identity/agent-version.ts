import { SLUICE_VERSION } from "@sluice/model/version.ts";

/** Sent with every request and shown in the list of hosts. */
export const AGENT_VERSION = SLUICE_VERSION;
/** The reference agent's header. */
export const AGENT_VERSION_HEADER = "x-amz-codedeploy-agent-version";
