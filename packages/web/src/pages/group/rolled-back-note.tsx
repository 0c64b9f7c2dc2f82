import { useChange, useOperation } from "../../api/use-operation.ts";
import { ErrorNote } from "../../design/error-note.tsx";
import { Link } from "../../design/link.tsx";
import { Note } from "../../design/note.tsx";
import { Time } from "../../design/time.tsx";
import { showToast } from "../../design/toast.tsx";
import type { GroupNames } from "../../forms/trigger-tests.tsx";
import { ActionButton } from "../../shell/access.tsx";

/** Stands on the group's page until a new deployment succeeds, or a person says that they have seen it. */
export function RolledBackNote({ names }: { names: GroupNames }) {
  const { data } = useOperation(
    "Sluice",
    "ListRolledBackGroups",
    {},
    { live: { deployment: "any", changed: ["groups"] } },
  );
  const acknowledge = useChange("Sluice", "AcknowledgeRollback");
  const found = data?.groups.find(
    (group) =>
      group.applicationName === names.applicationName && group.deploymentGroupName === names.deploymentGroupName,
  );
  if (!found) return null;
  const run = async () => {
    const { acknowledged } = await acknowledge.mutateAsync(names);
    if (acknowledged) showToast({ title: "The rollback is acknowledged" });
  };
  return (
    <>
      <Note
        tone="warning"
        title={
          <>
            The last deployment was rolled back <Time at={found.at} />
          </>
        }
        actions={
          <ActionButton
            action="sluice:AcknowledgeRollback"
            size="small"
            onPress={() => void run().catch(() => undefined)}
            isPending={acknowledge.isPending}
          >
            Acknowledge
          </ActionButton>
        }
      >
        <p>
          <Deployment id={found.deploymentId} />: {found.reason}
        </p>
        <p>
          Rolled back by <Deployment id={found.rollbackDeploymentId} />, which is {found.rollbackStatus}.
        </p>
      </Note>
      {acknowledge.error && <ErrorNote error={acknowledge.error} />}
    </>
  );
}

function Deployment({ id }: { id: string }) {
  return (
    <Link to="/-/deployments/$deployment" params={{ deployment: id }}>
      {id}
    </Link>
  );
}
