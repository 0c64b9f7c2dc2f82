import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function ApplicationsPage() {
  usePageTitle("Applications");
  return <PageHeader title="Applications" />;
}
