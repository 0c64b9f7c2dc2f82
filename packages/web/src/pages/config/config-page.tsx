import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function ConfigPage() {
  usePageTitle("Configuration");
  return <PageHeader title="Configuration" />;
}
