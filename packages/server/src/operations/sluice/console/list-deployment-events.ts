import { CallerFault } from "@sluice/model/caller-fault.ts";
import type {
  DeploymentEventView,
  ListDeploymentEventsInput,
  ListDeploymentEventsOutput,
} from "@sluice/wire/sluice/console-api.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { newestEventId, type RecordedEvent, readOwnEvents } from "../../../store/events.ts";
import { deploymentMissing } from "../../codedeploy/checks/known-resources.ts";
import { openPage } from "../../listed-page.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";

export const MAX_LISTED_EVENTS = 1000;

/** What happened to a deployment as a whole, the oldest first. */
export const listDeploymentEvents: Operation<
  ListDeploymentEventsInput,
  ListDeploymentEventsOutput,
  SluiceContext
> = async (input, context) => {
  const { deploymentId } = input;
  const { store } = context;
  if (!deploymentId) throw new CallerFault("DeploymentIdRequiredException", "deploymentId is missing.");
  if (!(await findDeployment(store.db, deploymentId))) throw deploymentMissing(deploymentId);
  const page = openPage(
    { operation: "ListDeploymentEvents", input, token: input.nextToken, size: MAX_LISTED_EVENTS, shape: ["number"] },
    context,
  );
  const [afterEventId] = page.after ?? [0];
  // Asked before reading: a reader who goes on from here with the stream may see an event again, and misses none.
  const eventId = await newestEventId(store);
  const found = await readOwnEvents(store, { afterEventId, deploymentId, limit: page.limit });
  const { items, nextToken } = page.cut(found, (event) => [event.eventId]);
  return {
    events: items.map(eventView),
    eventId: String(eventId),
    ...(nextToken === undefined ? {} : { nextToken }),
  };
};

function eventView({ eventId, at, type, body }: RecordedEvent): DeploymentEventView {
  return { eventId: String(eventId), at: new Date(at), type, body: JSON.stringify(body) };
}
