import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function HistoryPage() {
  usePageTitle("History");
  return <PageHeader title="History" />;
}
