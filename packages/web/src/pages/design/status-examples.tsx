import { ProgressBar } from "../../design/progress-bar.tsx";
import { Section } from "../../design/section.tsx";
import { Row } from "../../design/stack.tsx";
import { Badge, StatusBadge } from "../../design/status-badge.tsx";
import styles from "./design-page.module.css";

const DEPLOYMENTS = ["Created", "Queued", "InProgress", "Baking", "Ready", "Succeeded", "Failed", "Stopped", "Skipped"];
const HOSTS = ["declared", "enrolled", "alive", "dark", "unknown", "retired"];
const ALARMS = ["OK", "ALARM", "INSUFFICIENT_DATA", "UNREADABLE"];
const MIXED = [
  { status: "Succeeded", count: 118 },
  { status: "Failed", count: 4 },
  { status: "Skipped", count: 2 },
  { status: "InProgress", count: 12 },
  { status: "Pending", count: 64 },
];

export function StatusExamples() {
  return (
    <Section
      title="States"
      description="An icon of its own shape, a word and a colour, in this order of weight."
      padded
    >
      <div className={styles.examples}>
        <Row>
          {DEPLOYMENTS.map((status) => (
            <StatusBadge key={status} status={status} />
          ))}
        </Row>
        <Row>
          {[...HOSTS, ...ALARMS].map((status) => (
            <StatusBadge key={status} status={status} plain />
          ))}
        </Row>
        <Row>
          <Badge tone="warning">Read only</Badge>
          <Badge>Server</Badge>
          <Badge tone="progress">Green</Badge>
          <Badge tone="attention" icon="bell">
            Waits for you
          </Badge>
        </Row>
        <ProgressBar parts={MIXED} noun="targets" size="medium" />
        <ProgressBar parts={MIXED} noun="targets" />
        <ProgressBar parts={[{ status: "Pending", count: 10 }]} noun="targets" />
      </div>
    </Section>
  );
}
