import { CallerFault } from "@sluice/model/caller-fault.ts";
import type {
  DeploymentEventView,
  ListDeploymentEventsInput,
  ListDeploymentEventsOutput,
} from "@sluice/wire/sluice/console-api.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { newestEventId, type RecordedEvent, readOwnEvents } from "../../../store/events.ts";
import { deploymentMissing } from "../../codedeploy/checks/known-resources.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";

export const MAX_LISTED_EVENTS = 1000;

/** What happened to a deployment as a whole, the oldest first. */
export const listDeploymentEvents: Operation<
  ListDeploymentEventsInput,
  ListDeploymentEventsOutput,
  SluiceContext
> = async ({ deploymentId, nextToken }, { store }) => {
  if (!deploymentId) throw new CallerFault("DeploymentIdRequiredException", "deploymentId is missing.");
  if (!(await findDeployment(store.db, deploymentId))) throw deploymentMissing(deploymentId);
  const afterEventId = readToken(nextToken);
  // Asked before reading: a reader who goes on from here with the stream may see an event again, and misses none.
  const eventId = await newestEventId(store);
  const found = await readOwnEvents(store, { afterEventId, deploymentId, limit: MAX_LISTED_EVENTS + 1 });
  const page = found.slice(0, MAX_LISTED_EVENTS);
  const last = found.length > MAX_LISTED_EVENTS ? page.at(-1) : undefined;
  return {
    events: page.map(eventView),
    eventId: String(eventId),
    ...(last ? { nextToken: String(last.eventId) } : {}),
  };
};

function eventView({ eventId, at, type, body }: RecordedEvent): DeploymentEventView {
  return { eventId: String(eventId), at: new Date(at), type, body: JSON.stringify(body) };
}

function readToken(token: string | undefined): number {
  if (token === undefined) return 0;
  const position = /^\d{1,15}$/.test(token) ? Number(token) : Number.NaN;
  if (Number.isSafeInteger(position)) return position;
  throw new CallerFault(
    "InvalidNextTokenException",
    "The nextToken is not one that this operation gave: pass it unchanged, or leave it out to start from the beginning.",
  );
}
