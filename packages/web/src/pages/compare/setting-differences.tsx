import type { SettingDifference } from "@sluice/wire/sluice/console-api.ts";
import { classNames } from "../../design/class-names.ts";
import { Note } from "../../design/note.tsx";
import { Card } from "../../design/section.tsx";
import { Table } from "../../design/table.tsx";
import styles from "./compare-page.module.css";

/** Settings that are not the same, each with both its values. */
export function SettingDifferences({ differences }: { differences: readonly SettingDifference[] }) {
  if (differences.length === 0) return <Note tone="success" title="The settings are the same" />;
  return (
    <Card padded={false}>
      <Table
        label="Settings that differ"
        columns={[
          { id: "path", header: "Setting", cell: ({ path }) => <code>{path}</code>, width: "36%" },
          { id: "from", header: "From", cell: ({ from }) => <Value json={from} className={styles.old} /> },
          { id: "to", header: "To", cell: ({ to }) => <Value json={to} className={styles.new} /> },
        ]}
        rows={differences}
        rowKey={({ path }) => path}
      />
    </Card>
  );
}

function Value({ json, className }: { json: string | undefined; className: string | undefined }) {
  if (json === undefined) return <span className={styles.none}>not set</span>;
  return <span className={classNames(styles.value, className)}>{json.replace(/^"(.*)"$/, "$1")}</span>;
}
