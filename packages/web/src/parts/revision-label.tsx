import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import styles from "./revision-label.module.css";
import { revisionWords } from "./revision-words.ts";

interface RevisionLabelProps {
  readonly revision: RevisionLocation | undefined;
  /** As in DeploymentSummary. */
  readonly deploys?: string | undefined;
}

/** A revision by its short name; where it is when the mouse is over it. A dash where there is none. */
export function RevisionLabel({ revision, deploys }: RevisionLabelProps) {
  const words = revisionWords(revision, deploys);
  if (words === undefined) return <span className={styles.none}>—</span>;
  return (
    <span title={words.detail} className={styles.revision}>
      {words.name}
    </span>
  );
}
