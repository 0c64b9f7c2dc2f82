import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function ComparePage() {
  usePageTitle("Compare");
  return <PageHeader title="Compare" />;
}
