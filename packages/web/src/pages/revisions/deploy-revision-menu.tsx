import { useNavigate } from "@tanstack/react-router";
import { useOperation } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { Menu } from "../../design/menu.tsx";
import { useAccess } from "../../shell/access.tsx";

/** Deploys a revision to one of the groups, by the page that shows first what it will do. */
export function DeployRevisionMenu({ application, revision }: { application: string; revision: string }) {
  const navigate = useNavigate();
  const { refusal } = useAccess();
  const { data } = useOperation(
    "CodeDeploy",
    "ListDeploymentGroups",
    { applicationName: application },
    { live: { changed: ["groups"] } },
  );
  const groups = data?.deploymentGroups ?? [];
  return (
    <Menu
      label="Deploy to"
      trigger={
        <Button
          variant="primary"
          icon="rocket"
          unavailable={data && groups.length === 0 ? "The application has no deployment group yet." : undefined}
        >
          Deploy to …
        </Button>
      }
      actions={groups.map((group) => ({
        id: group,
        title: group,
        unavailable: refusal("codedeploy:CreateDeployment"),
        onSelect: () =>
          void navigate({
            to: "/-/applications/$application/groups/$group/deploy",
            params: { application, group },
            search: { revision },
          }),
      }))}
    />
  );
}
