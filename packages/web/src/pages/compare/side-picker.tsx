import { useState } from "react";
import { useOperation } from "../../api/use-operation.ts";
import { ComboBox } from "../../design/combo-box.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Link } from "../../design/link.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { StatusBadge } from "../../design/status-badge.tsx";
import { Time } from "../../design/time.tsx";
import { localWords } from "../../design/time-words.ts";
import { GroupLink } from "../../parts/group-link.tsx";
import { revisionWords } from "../../parts/revision-words.ts";
import styles from "./compare-page.module.css";

interface SidePickerProps {
  readonly label: string;
  readonly id: string | undefined;
  /** Of the other side: its group's deployments are proposed. */
  readonly otherId: string | undefined;
  readonly onChoose: (id: string) => void;
}

const PROPOSED = 50;
const DEPLOYMENT_ID = /^d-[A-Z0-9]{9}$/;

/** One side of a comparison: an id that is typed, or one of the list. */
export function SidePicker({ label, id, otherId, onChoose }: SidePickerProps) {
  const known = useOperation("Sluice", "DescribeDeployment", { deploymentId: id ?? "" }, { enabled: id !== undefined });
  const other = useOperation(
    "Sluice",
    "DescribeDeployment",
    { deploymentId: otherId ?? "" },
    { enabled: otherId !== undefined },
  );
  const group = known.data?.deployment ?? other.data?.deployment;
  const proposed = useOperation("Sluice", "SearchDeployments", {
    applicationName: group?.applicationName,
    deploymentGroupName: group?.deploymentGroupName,
    limit: PROPOSED,
  });
  const [typed, setTyped] = useState(id ?? "");
  // The other side's swap changes it, too.
  const [shownId, setShownId] = useState(id);
  if (id !== shownId) {
    setShownId(id);
    setTyped(id ?? "");
  }
  const options = (proposed.data?.deployments ?? []).map((each) => ({
    id: each.deploymentId,
    title: each.deploymentId,
    description: [
      revisionWords(each.revision)?.name,
      each.status,
      localWords(each.createdAt),
      group === undefined && `${each.applicationName} / ${each.deploymentGroupName}`,
    ]
      .filter(Boolean)
      .join(" · "),
  }));
  const deployment = known.data?.deployment;
  return (
    <section aria-label={label} className={styles.side}>
      <ComboBox
        key={`${options.length} ${group?.deploymentGroupName ?? ""}`}
        label={label}
        isRequired
        isMono
        options={options}
        value={typed}
        placeholder="d-A1B2C3D4E"
        none="No deployment fits. An id of another group can be typed."
        onChange={(text) => {
          setTyped(text);
          const wanted = text.trim();
          if (DEPLOYMENT_ID.test(wanted) && wanted !== id) onChoose(wanted);
        }}
        onChoose={onChoose}
      />
      {id !== undefined && known.error && <ErrorNote error={known.error} />}
      {id !== undefined && !deployment && !known.error && <Skeleton width="60%" />}
      {deployment && (
        <div className={styles.facts}>
          <p className={styles.line}>
            <span className={styles.name}>{revisionWords(deployment.revision)?.name ?? "No revision"}</span>
            <StatusBadge status={deployment.status} />
          </p>
          <p className={styles.line}>
            <GroupLink application={deployment.applicationName} group={deployment.deploymentGroupName} />
            <Time at={deployment.createdAt} />
            <Link to="/-/deployments/$deployment" params={{ deployment: deployment.deploymentId }} search={{}}>
              Open
            </Link>
          </p>
          {deployment.description && <p className={styles.line}>{deployment.description}</p>}
        </div>
      )}
    </section>
  );
}
