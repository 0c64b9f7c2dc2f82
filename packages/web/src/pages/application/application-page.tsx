import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function ApplicationPage() {
  usePageTitle("Application");
  return <PageHeader title="Application" />;
}
