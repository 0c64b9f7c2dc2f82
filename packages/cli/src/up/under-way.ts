import { someOf } from "@sluice/model/some-of.ts";
import { connect } from "../place/server-connection.ts";

/** Of a question to a server that is about to be ended. */
export const ANSWER_TIMEOUT_MILLISECONDS = 5_000;
const SHOWN = 10;

/** The deployments that are not over, of the server that runs on a data directory; the first page of them. None where it does not answer. */
export async function deploymentsUnderWay(dataDirectory: string): Promise<readonly string[]> {
  using connection = connect({ data: dataDirectory });
  const { deployments } = await connection.codeDeploy.call(
    "ListDeployments",
    { includeOnlyStatuses: ["Created", "Queued", "InProgress", "Ready"] },
    { timeoutMs: ANSWER_TIMEOUT_MILLISECONDS },
  );
  return deployments ?? [];
}

/** What becomes of deployments when the server and the hosts stop. */
export function describeUnderWay(deployments: readonly string[]): string[] {
  if (deployments.length === 0) return [];
  const goesOn = deployments.length === 1 ? "It continues" : "They continue";
  return [
    `In progress: ${someOf(deployments, SHOWN)}. ${goesOn} at the next sluice up; a host whose script is stopped now is then reported as failed.`,
  ];
}
