import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function HostPage() {
  usePageTitle("Host");
  return <PageHeader title="Host" />;
}
