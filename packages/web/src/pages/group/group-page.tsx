import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function GroupPage() {
  usePageTitle("Deployment group");
  return <PageHeader title="Deployment group" />;
}
