import type { DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import { Section } from "../../design/section.tsx";
import { type TabItem, Tabs } from "../../design/tabs.tsx";
import { useDerived } from "../../state/use-derived.ts";
import type { DeploymentTab } from "./deployment-search.ts";
import styles from "./deployment-view.module.css";
import { FailuresTab } from "./failures/failures-tab.tsx";
import { TargetsTab } from "./grid/targets-tab.tsx";
import { useGridStore } from "./grid/use-grid.ts";
import { DeploymentHeader } from "./head/deployment-header.tsx";
import { HealthStrip } from "./head/health-strip.tsx";
import { NotesList } from "./head/notes-list.tsx";
import { WaitingPanel } from "./head/waiting-panel.tsx";
import { LogsTab } from "./logs/logs-tab.tsx";
import { useLogShelf } from "./logs/use-log-shelf.ts";
import { SettingsTab } from "./settings/settings-tab.tsx";
import { TimelineTab } from "./timeline/timeline-tab.tsx";
import { hasHostTraffic } from "./traffic/host-traffic.ts";
import { HostTrafficPanel } from "./traffic/host-traffic-panel.tsx";
import { ShiftTraffic } from "./traffic/shift-traffic.tsx";
import { useDeploymentSearch } from "./use-deployment-search.ts";

/** The page of a deployment that is known: its story above, and what there is to look into beneath. */
export function DeploymentView({ described }: { described: DescribeDeploymentOutput }) {
  const { deployment, shift, notes } = described;
  const { deploymentId, computePlatform, completedAt, targets } = deployment;
  const store = useGridStore(deploymentId);
  const shelf = useLogShelf(deploymentId, computePlatform);
  // Not the grid itself: it changes several times a second, and the page around it does not.
  const rows = useDerived(store.state, ({ grid }) => grid.rows.length);
  const hasTraffic = useDerived(store.state, ({ grid }) => hasHostTraffic(grid));
  const [search, change] = useDeploymentSearch();
  const isOver = completedAt !== undefined;
  const selected: DeploymentTab = search.tab ?? "targets";
  const tabs: readonly (TabItem & { readonly id: DeploymentTab })[] = [
    {
      id: "targets",
      title: "Targets",
      count: rows || undefined,
      content: <TargetsTab store={store} isOver={isOver} />,
    },
    {
      id: "failures",
      title: "Failures",
      count: targets.failed || undefined,
      content: <FailuresTab deploymentId={deploymentId} failed={targets.failed} />,
    },
    {
      id: "logs",
      title: "Logs",
      staysAlive: true,
      content: <LogsTab deployment={deployment} shelf={shelf} store={store} isShown={selected === "logs"} />,
    },
    { id: "timeline", title: "Timeline", content: <TimelineTab described={described} store={store} /> },
    ...(hasTraffic
      ? [
          {
            id: "traffic" as const,
            title: "Traffic",
            content: (
              <Section title="Hosts that take traffic" padded>
                <HostTrafficPanel store={store} deployment={deployment} />
              </Section>
            ),
          },
        ]
      : []),
    { id: "settings", title: "Settings", content: <SettingsTab deployment={deployment} /> },
  ];
  return (
    <>
      <DeploymentHeader described={described} />
      <NotesList notes={notes} />
      <WaitingPanel {...described} />
      <HealthStrip {...described} />
      {shift && (
        <Section title="Traffic" padded>
          <ShiftTraffic shift={shift} deployment={deployment} />
        </Section>
      )}
      <div className={styles.tabs}>
        <Tabs
          label="The deployment"
          tabs={tabs}
          selected={tabs.some(({ id }) => id === selected) ? selected : "targets"}
          onSelect={(tab) =>
            change({ tab: tab === "targets" ? undefined : (tab as DeploymentTab), entry: undefined }, true)
          }
        />
      </div>
    </>
  );
}
