import { EmptyState } from "../design/empty-state.tsx";
import { ButtonLink } from "../design/link.tsx";
import hidden from "./hidden.module.css";
import styles from "./not-found-page.module.css";
import { usePageTitle } from "./page-title.tsx";

/** Without navigation, since who asked may have no session. */
export function NotFoundPage() {
  usePageTitle("Not found");
  return (
    <main className={styles.page}>
      <h1 className={hidden.hidden}>Not found</h1>
      <EmptyState
        icon="search"
        title="There is no such page"
        action={<ButtonLink to="/">Go to the overview</ButtonLink>}
      >
        The address may be mistyped, or what it led to has been removed.
      </EmptyState>
    </main>
  );
}
