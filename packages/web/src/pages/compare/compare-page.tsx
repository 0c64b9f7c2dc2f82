import { useNavigate, useSearch } from "@tanstack/react-router";
import { useOperation } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Note } from "../../design/note.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card, Section } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import styles from "./compare-page.module.css";
import { RevisionDifferences } from "./revision-differences.tsx";
import { SettingDifferences } from "./setting-differences.tsx";
import { SidePicker } from "./side-picker.tsx";

/** Two deployments of a group beside each other: what was deployed, and by which settings. */
export function ComparePage() {
  usePageTitle("Compare");
  const { from, to } = useSearch({ from: "/inside/-/compare" });
  const navigate = useNavigate({ from: "/-/compare" });
  const isWhole = from !== undefined && to !== undefined;
  const { data, error, refetch } = useOperation(
    "Sluice",
    "CompareDeployments",
    { fromDeploymentId: from ?? "", toDeploymentId: to ?? "" },
    { enabled: isWhole, keepsPrevious: true },
  );
  const choose = (change: { from?: string; to?: string }) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false });
  return (
    <>
      <PageHeader
        title="Compare deployments"
        description="What was deployed, and the group's settings as they were at each of the two."
        actions={
          isWhole && (
            <Button icon="compare" onPress={() => choose({ from: to, to: from })}>
              Swap sides
            </Button>
          )
        }
      />
      <div className={styles.sides}>
        <SidePicker label="From" id={from} otherId={to} onChoose={(id) => choose({ from: id })} />
        <SidePicker label="To" id={to} otherId={from} onChoose={(id) => choose({ to: id })} />
      </div>
      {!isWhole && (
        <Card>
          <EmptyState icon="compare" title="Choose two deployments">
            Each side takes a deployment's id, or one of the newest of the group of the other side.
          </EmptyState>
        </Card>
      )}
      {isWhole && error && (
        <ErrorNote
          error={error}
          title="The two could not be compared."
          actions={<Button onPress={() => void refetch()}>Try again</Button>}
        />
      )}
      {isWhole && !data && !error && (
        <Card padded={false}>
          <SkeletonRows rows={8} />
        </Card>
      )}
      {isWhole && data && (
        <>
          <Section title="Revision" framed={false}>
            <RevisionDifferences difference={data.revision} />
          </Section>
          <Section title="Settings" framed={false} count={data.settings.length || undefined}>
            {data.settingsTrouble !== undefined ? (
              <Note tone="warning" title="Not compared">
                {data.settingsTrouble}
              </Note>
            ) : (
              <SettingDifferences differences={data.settings} />
            )}
          </Section>
        </>
      )}
    </>
  );
}
