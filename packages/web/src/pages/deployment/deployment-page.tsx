import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function DeploymentPage() {
  usePageTitle("Deployment");
  return <PageHeader title="Deployment" />;
}
