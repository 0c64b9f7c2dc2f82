import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function RevisionsPage() {
  usePageTitle("Revisions");
  return <PageHeader title="Revisions" />;
}
