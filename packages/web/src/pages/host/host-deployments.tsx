import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { ButtonLink } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";
import { DeploymentTable } from "../../parts/deployment-table.tsx";

/** The latest deployments of which the host was a target; the history has all of them. */
export function HostDeployments({ deployments, host }: { deployments: readonly DeploymentSummary[]; host: string }) {
  if (deployments.length === 0) return null;
  return (
    <Section
      title="Recent deployments"
      actions={
        <ButtonLink to="/-/history" search={{ host }} size="small" icon="history">
          All in the history
        </ButtonLink>
      }
    >
      <DeploymentTable label="Recent deployments of this host" deployments={deployments} target={host} />
    </Section>
  );
}
