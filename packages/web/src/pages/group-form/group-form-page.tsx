import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";

export function CreateGroupPage() {
  usePageTitle("Create deployment group");
  return <PageHeader title="Create deployment group" />;
}

export function EditGroupPage() {
  usePageTitle("Edit deployment group");
  return <PageHeader title="Edit deployment group" />;
}
