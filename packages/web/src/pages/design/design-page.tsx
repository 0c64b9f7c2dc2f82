import { PageHeader } from "../../design/page-header.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import { ColorTokens } from "./color-tokens.tsx";
import styles from "./design-page.module.css";
import { FeedbackExamples } from "./feedback-examples.tsx";
import { FieldExamples } from "./field-examples.tsx";
import { IconExamples } from "./icon-examples.tsx";
import { OverlayExamples } from "./overlay-examples.tsx";
import { PressExamples } from "./press-examples.tsx";
import { ScaleTokens } from "./scale-tokens.tsx";
import { StatusExamples } from "./status-examples.tsx";
import { TableExamples } from "./table-examples.tsx";
import { WordExamples } from "./word-examples.tsx";

/** The design system, shown with itself. */
export function DesignPage() {
  usePageTitle("Design");
  return (
    <div className={styles.page}>
      <PageHeader
        title="Design"
        description="The tokens and components that every page of the console is made of. Choose light or dark in the account menu."
      />
      <ColorTokens />
      <ScaleTokens />
      <StatusExamples />
      <PressExamples />
      <FieldExamples />
      <TableExamples />
      <FeedbackExamples />
      <OverlayExamples />
      <WordExamples />
      <IconExamples />
    </div>
  );
}
