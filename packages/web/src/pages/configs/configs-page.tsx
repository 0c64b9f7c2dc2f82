import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function ConfigsPage() {
  usePageTitle("Configurations");
  return <PageHeader title="Configurations" />;
}
