import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function OverviewPage() {
  usePageTitle("Overview");
  return <PageHeader title="Overview" />;
}
