/** Sent with every request and shown in the list of hosts. */
export const AGENT_VERSION = "0.1.0";
/** The reference agent's header. */
export const AGENT_VERSION_HEADER = "x-amz-codedeploy-agent-version";
