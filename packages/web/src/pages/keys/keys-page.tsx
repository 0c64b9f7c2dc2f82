import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function KeysPage() {
  usePageTitle("Access keys");
  return <PageHeader title="Access keys" />;
}
