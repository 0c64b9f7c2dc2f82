import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { revisionName } from "@sluice/model/revision-name.ts";
import styles from "./revision-label.module.css";

/** A revision as a person names it; the whole of it where the mouse is over what is cut off. */
export function RevisionLabel({ revision }: { revision: RevisionLocation | undefined }) {
  if (revision === undefined) return <span className={styles.none}>none yet</span>;
  const name = revisionName(revision);
  return (
    <span title={name} className={styles.revision}>
      {shortName(name)}
    </span>
  );
}

/** Of an object, what tells it from the others of its bucket; of a commit its first characters. */
function shortName(name: string): string {
  const commit = /^github:(.+)@([0-9a-f]{12})[0-9a-f]+$/.exec(name);
  if (commit) return `${commit[1]}@${commit[2]}`;
  return name.startsWith("s3://") ? name.slice(name.indexOf("/", "s3://".length) + 1) : name;
}
