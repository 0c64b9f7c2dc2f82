import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { revisionName } from "@sluice/model/revision-name.ts";
import { type ReactNode, useState } from "react";
import { useOperation } from "../../api/use-operation.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { KeyValue } from "../../design/key-value.tsx";
import { Link } from "../../design/link.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Section } from "../../design/section.tsx";
import { Select } from "../../design/select.tsx";
import { Time } from "../../design/time.tsx";
import { RevisionDifferencePanel } from "../../forms/revision-difference-panel.tsx";
import { keyOfRevision } from "../../forms/revision-table.tsx";
import { DeploymentTable } from "../../parts/deployment-table.tsx";
import { revisionWords } from "../../parts/revision-words.ts";
import { DeployRevisionMenu } from "./deploy-revision-menu.tsx";
import styles from "./revisions-page.module.css";

interface RevisionViewProps {
  readonly application: string;
  readonly revision: RevisionLocation;
  /** All of the application. */
  readonly others: readonly RevisionLocation[];
  readonly crumbs: readonly ReactNode[];
}

/** One revision: where it is, where it runs, what it says, and what differs from another. */
export function RevisionView({ application, revision, others, crumbs }: RevisionViewProps) {
  const [compared, setCompared] = useState<string>();
  const { data, error } = useOperation(
    "CodeDeploy",
    "GetApplicationRevision",
    { applicationName: application, revision },
    { live: { changed: ["revisions", "groups"], deployment: "any" } },
  );
  const words = revisionWords(revision);
  const search = searchText(revision);
  const history = useOperation(
    "Sluice",
    "SearchDeployments",
    { applicationName: application, text: search, limit: 50 },
    { live: { deployment: "any" }, enabled: search !== "" },
  );
  const deployments = (history.data?.deployments ?? []).filter(
    (deployment) => deployment.revision && keyOfRevision(deployment.revision) === keyOfRevision(revision),
  );
  const info = data?.revisionInfo;
  const text = data?.revision?.appSpecContent?.content ?? data?.revision?.string?.content;
  const { s3Location, gitHubLocation } = revision;
  const rest = others.filter((other) => keyOfRevision(other) !== keyOfRevision(revision));
  const other = rest.find((one) => keyOfRevision(one) === compared);
  return (
    <>
      <PageHeader
        title={words?.name ?? revisionName(revision)}
        breadcrumbs={[
          ...crumbs,
          <Link key="revisions" to="/-/applications/$application/revisions" params={{ application }} search={{}}>
            Revisions
          </Link>,
        ]}
        actions={<DeployRevisionMenu application={application} revision={keyOfRevision(revision)} />}
      />
      {error && <ErrorNote error={error} title="The revision could not be read." />}
      <Section title="Revision">
        <KeyValue
          items={[
            { name: "Where", value: words?.detail },
            { name: "Type", value: s3Location?.bundleType ?? revision.revisionType },
            { name: "ETag", value: s3Location?.eTag },
            { name: "Commit", value: gitHubLocation?.commitId },
            { name: "Description", value: info?.description || undefined },
            { name: "Runs now in", value: runsIn(application, info?.deploymentGroups) },
            { name: "Registered", value: info?.registerTime && <Time at={info.registerTime} look="date" /> },
            { name: "First deployed", value: info?.firstUsedTime && <Time at={info.firstUsedTime} look="date" /> },
            { name: "Last deployed", value: info?.lastUsedTime && <Time at={info.lastUsedTime} look="date" /> },
          ]}
        />
      </Section>
      {text !== undefined && (
        <Section title="AppSpec">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by keyboard */}
          <pre tabIndex={0} className={styles.text}>
            {text}
          </pre>
        </Section>
      )}
      <Section title="Deployments of it" count={deployments.length}>
        <DeploymentTable
          label={`Deployments of ${words?.name}`}
          deployments={deployments}
          empty={
            <EmptyState
              icon="history"
              title={history.isPending && search !== "" ? "Looking…" : "It was not deployed yet"}
            />
          }
        />
      </Section>
      {rest.length > 0 && (
        <>
          <Section title="Compare" padded>
            <Select
              label="With another revision of the application"
              options={rest.map((one) => ({ id: keyOfRevision(one), title: revisionName(one) }))}
              value={compared}
              onChange={setCompared}
              placeholder="Choose a revision"
              isRequired
            />
          </Section>
          {other && <RevisionDifferencePanel applicationName={application} from={other} to={revision} />}
        </>
      )}
    </>
  );
}

function runsIn(application: string, groups: readonly string[] | undefined): ReactNode {
  if (groups === undefined) return undefined;
  if (groups.length === 0) return "no group";
  return groups.map((group, index) => (
    <span key={group}>
      {index > 0 && ", "}
      <Link to="/-/applications/$application/groups/$group" params={{ application, group }}>
        {group}
      </Link>
    </span>
  ));
}

/** What finds the revision's deployments among others; which of them are really its own, its key says. */
function searchText({ s3Location, gitHubLocation, appSpecContent, string }: RevisionLocation): string {
  return s3Location?.key ?? gitHubLocation?.commitId ?? appSpecContent?.sha256 ?? string?.sha256 ?? "";
}
