import { EmptyState } from "../design/empty-state.tsx";
import { ButtonLink } from "../design/link.tsx";
import { usePageTitle } from "./page-title.tsx";

export function NotFoundPage() {
  usePageTitle("Not found");
  return (
    <EmptyState icon="search" title="There is no such page" action={<ButtonLink to="/">Go to the overview</ButtonLink>}>
      The address may be mistyped, or what it led to has been removed.
    </EmptyState>
  );
}
