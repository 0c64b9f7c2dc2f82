import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { formatBytes } from "@sluice/model/byte-size.ts";
import type { FileDifference, RevisionDifference } from "@sluice/wire/sluice/console-api.ts";
import { useOperation } from "../api/use-operation.ts";
import { classNames } from "../design/class-names.ts";
import { Section } from "../design/section.tsx";
import { Skeleton } from "../design/skeleton.tsx";
import styles from "./revision-difference-panel.module.css";

const SHOWN_FILES = 20;

interface RevisionDifferencePanelProps {
  readonly applicationName: string;
  /** What runs now. */
  readonly from: RevisionLocation;
  readonly to: RevisionLocation;
}

/** What differs from the revision that runs now. */
export function RevisionDifferencePanel({ applicationName, from, to }: RevisionDifferencePanelProps) {
  const { data, error, isPending } = useOperation("Sluice", "CompareRevisions", { applicationName, from, to });
  return (
    <Section title="What changes">
      <div className={styles.panel}>
        {isPending && <Skeleton width="50%" />}
        {error && <p className={styles.about}>The revisions could not be compared: {error.message}</p>}
        {data && <DifferenceWords difference={data.difference} />}
      </div>
    </Section>
  );
}

function DifferenceWords({ difference }: { difference: RevisionDifference }) {
  const { trouble, isSame, files, moreFiles, texts, fromBytes, toBytes } = difference;
  return (
    <>
      {trouble && <p className={styles.about}>{trouble}</p>}
      {isSame && <p>Nothing: it is the revision that runs now.</p>}
      {!isSame && fromBytes !== undefined && toBytes !== undefined && (
        <p className={styles.about}>
          {formatBytes(fromBytes)} now, {formatBytes(toBytes)} then
        </p>
      )}
      {files.length > 0 && (
        <ul className={styles.files}>
          {files.slice(0, SHOWN_FILES).map((file) => (
            <li key={file.path} className={styles.file}>
              <span className={styles[file.change]}>{file.change}</span>
              <code>{file.path}</code>
              <span className={styles.about}>{sizeWords(file)}</span>
            </li>
          ))}
        </ul>
      )}
      {files.length + moreFiles > SHOWN_FILES && (
        <p className={styles.about}>and {files.length + moreFiles - SHOWN_FILES} more files</p>
      )}
      {texts.map(({ name, lines }) => (
        <figure key={name} className={styles.text}>
          <figcaption className={styles.about}>{name}</figcaption>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by keyboard */}
          <pre tabIndex={0} className={styles.lines}>
            {lines.map(({ kind, text }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines are known by their place
              <span key={index} className={classNames(styles.diffLine, styles[`${kind}Line`])}>
                {kind === "added" ? "+ " : kind === "removed" ? "- " : "  "}
                {text}
                {"\n"}
              </span>
            ))}
          </pre>
        </figure>
      ))}
    </>
  );
}

function sizeWords({ fromBytes, toBytes }: FileDifference): string {
  if (fromBytes !== undefined && toBytes !== undefined) {
    return fromBytes === toBytes ? formatBytes(toBytes) : `${formatBytes(fromBytes)} → ${formatBytes(toBytes)}`;
  }
  return formatBytes(toBytes ?? fromBytes ?? 0);
}
