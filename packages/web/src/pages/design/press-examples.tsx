import { useState } from "react";
import { Button, IconButton } from "../../design/button.tsx";
import { ButtonLink, Link } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";
import { Segmented } from "../../design/segmented.tsx";
import { Row } from "../../design/stack.tsx";
import { Tabs } from "../../design/tabs.tsx";
import styles from "./design-page.module.css";

const REFUSAL = "The key AKIAEXAMPLE may not codedeploy:CreateDeployment. Sign in with one that may.";

export function PressExamples() {
  const [view, setView] = useState("grid");
  const [tab, setTab] = useState("targets");
  return (
    <Section
      title="Buttons, links and tabs"
      description="One primary button on a page. What cannot be pressed stays where it is, and says why."
      padded
    >
      <div className={styles.examples}>
        <Row>
          <Button variant="primary" icon="rocket">
            Create deployment
          </Button>
          <Button>Pause</Button>
          <Button icon="compare">Compare</Button>
          <Button variant="quiet">Cancel</Button>
          <Button variant="danger" icon="stop">
            Stop deployment
          </Button>
          <Button variant="primary" unavailable={REFUSAL}>
            Create deployment
          </Button>
          <Button isPending>Stopping</Button>
        </Row>
        <Row>
          <Button size="small">Retry</Button>
          <Button size="small" variant="quiet" icon="plus">
            Add tag
          </Button>
          <IconButton icon="refresh" label="Read again" />
          <IconButton icon="more" label="More" variant="secondary" />
          <ButtonLink to="/-/history" icon="history">
            History
          </ButtonLink>
          <Link to="/-/hosts">All hosts</Link>
        </Row>
        <Row>
          <Segmented
            label="View"
            options={[
              { id: "grid", title: "Grid", icon: "grid" },
              { id: "list", title: "List", icon: "list" },
            ]}
            value={view}
            onChange={setView}
          />
        </Row>
        <Tabs
          label="A deployment"
          selected={tab}
          onSelect={setTab}
          tabs={[
            { id: "targets", title: "Targets", count: 200, content: <p>What each target is at.</p> },
            { id: "logs", title: "Logs", content: <p>What their scripts say.</p>, staysAlive: true },
            { id: "failures", title: "Failures", count: 2, content: <p>Which failures are the same.</p> },
          ]}
        />
      </div>
    </Section>
  );
}
