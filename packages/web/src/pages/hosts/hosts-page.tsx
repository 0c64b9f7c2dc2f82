import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function HostsPage() {
  usePageTitle("Hosts");
  return <PageHeader title="Hosts" />;
}
