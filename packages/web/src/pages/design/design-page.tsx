import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function DesignPage() {
  usePageTitle("Design");
  return <PageHeader title="Design" />;
}
