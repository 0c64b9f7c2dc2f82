import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function DeployPage() {
  usePageTitle("Create deployment");
  return <PageHeader title="Create deployment" />;
}
