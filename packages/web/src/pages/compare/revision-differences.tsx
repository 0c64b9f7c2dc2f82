import { formatBytes } from "@sluice/model/byte-size.ts";
import type { FileDifference, RevisionDifference } from "@sluice/wire/sluice/console-api.ts";
import { useState } from "react";
import { Button } from "../../design/button.tsx";
import { Note } from "../../design/note.tsx";
import type { Tone } from "../../design/status.ts";
import { Badge } from "../../design/status-badge.tsx";
import { Table } from "../../design/table.tsx";
import { growthWords } from "./growth-words.ts";
import styles from "./revision-differences.module.css";
import { TextDiff } from "./text-diff.tsx";

const TONES: Readonly<Record<string, Tone>> = { added: "success", removed: "danger", changed: "warning" };
const SHOWN_FILES = 12;

/** What differs between two revisions: what is in their bundles, and texts line by line. */
export function RevisionDifferences({ difference }: { difference: RevisionDifference }) {
  const { trouble, isSame, fromBytes, toBytes, files, moreFiles, texts } = difference;
  return (
    <div className={styles.differences}>
      {trouble !== undefined && (
        <Note tone="warning" title="Not wholly compared">
          {trouble}
        </Note>
      )}
      {isSame && <Note tone="success" title="The revisions are the same" />}
      {fromBytes !== undefined && toBytes !== undefined && (
        <p className={styles.size}>
          Bundle: {formatBytes(fromBytes)} → {formatBytes(toBytes)} <span>({growthWords(fromBytes, toBytes)})</span>
        </p>
      )}
      {files.length > 0 && <Files files={files} moreFiles={moreFiles} />}
      {texts.map((text) => (
        <TextDiff key={text.name} text={text} />
      ))}
    </div>
  );
}

function Files({ files, moreFiles }: { files: readonly FileDifference[]; moreFiles: number }) {
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? files : files.slice(0, SHOWN_FILES);
  return (
    <div className={styles.files}>
      <Table
        label="Files that differ"
        columns={[
          { id: "path", header: "File", cell: ({ path }) => <code className={styles.path}>{path}</code> },
          {
            id: "change",
            header: "Change",
            cell: ({ change }) => <Badge tone={TONES[change] ?? "neutral"}>{change}</Badge>,
            width: "110px",
          },
          { id: "size", header: "Size", cell: sizeWords, align: "end", width: "220px", hidesOnPhone: true },
        ]}
        rows={shown}
        rowKey={({ path }) => path}
      />
      {(files.length > SHOWN_FILES || moreFiles > 0) && (
        <p className={styles.more}>
          {files.length > SHOWN_FILES && (
            <Button size="small" variant="quiet" onPress={() => setShowsAll(!showsAll)}>
              {showsAll ? "Fewer" : `All ${files.length} files`}
            </Button>
          )}
          {moreFiles > 0 && `${moreFiles} more files differ and are not listed.`}
        </p>
      )}
    </div>
  );
}

function sizeWords({ fromBytes, toBytes }: FileDifference): string {
  if (fromBytes === undefined) return toBytes === undefined ? "" : formatBytes(toBytes);
  if (toBytes === undefined) return formatBytes(fromBytes);
  return fromBytes === toBytes ? formatBytes(toBytes) : `${formatBytes(fromBytes)} → ${formatBytes(toBytes)}`;
}
