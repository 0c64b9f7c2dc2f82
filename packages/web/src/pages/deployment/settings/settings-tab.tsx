import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { useOperation } from "../../../api/use-operation.ts";
import { ErrorNote } from "../../../design/error-note.tsx";
import { KeyValue } from "../../../design/key-value.tsx";
import { ButtonLink } from "../../../design/link.tsx";
import { Note } from "../../../design/note.tsx";
import { Section } from "../../../design/section.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { Time } from "../../../design/time.tsx";
import { revisionWords } from "../../../parts/revision-words.ts";
import { settingSections } from "../settings-rows.ts";
import { wordsOfName } from "./words-of-name.ts";

/** What was deployed, and the group's settings as they were when the deployment was created. */
export function SettingsTab({ deployment }: { deployment: DeploymentSummary }) {
  const { deploymentId, applicationName, deploymentGroupName, createdAt, revision } = deployment;
  const { data, error } = useOperation("Sluice", "GetDeploymentSnapshot", { deploymentId });
  const before = useOperation("Sluice", "SearchDeployments", {
    applicationName,
    deploymentGroupName,
    createdBefore: createdAt,
    limit: 2,
  });
  const previous = before.data?.deployments.find((each) => each.deploymentId !== deploymentId);
  const compare = previous && (
    <ButtonLink size="small" icon="compare" to="/-/compare" search={{ from: previous.deploymentId, to: deploymentId }}>
      Compare with {previous.deploymentId}
    </ButtonLink>
  );
  const snapshot = data?.snapshot;
  return (
    <>
      <Section title="What was deployed" actions={compare}>
        <KeyValue
          items={[
            { name: "Revision", value: revisionWords(revision)?.detail ?? "None" },
            { name: "ETag", value: revision?.s3Location?.eTag },
            { name: "Bundle type", value: revision?.s3Location?.bundleType },
            { name: "Configuration", value: deployment.deploymentConfigName },
            { name: "Mode", value: deployment.deploymentMode },
          ]}
        />
      </Section>
      {!snapshot && (
        <Section title="Settings of the group" framed={false}>
          {error && <ErrorNote error={error} title="The settings could not be read." />}
          {!data && !error && <SkeletonRows rows={6} />}
          {data && !snapshot && (
            <Note title="No settings were kept">
              The deployment was created by a version of Sluice that did not keep them. Those of today are on the page
              of the group.
            </Note>
          )}
        </Section>
      )}
      {snapshot &&
        settingSections({
          ...told(snapshot.deploymentGroup),
          deploymentConfig: snapshot.deploymentConfig && told(snapshot.deploymentConfig),
          sluice: snapshot.settings,
        }).map(({ name, rows }) => (
          <Section
            key={name}
            title={name === "" ? "Settings of the group" : wordsOfName(name)}
            description={
              name === "" ? (
                <>
                  As they were when the deployment was created, <Time at={snapshot.takenAt} look="exact" />
                </>
              ) : undefined
            }
          >
            <KeyValue
              items={rows.map(({ path, value }) => ({ name: name === "" ? wordsOfName(path) : path, value }))}
            />
          </Section>
        ))}
    </>
  );
}

/** What is on the page already, and numbers that tell nobody anything. */
const UNTOLD = new Set([
  "applicationName",
  "deploymentGroupName",
  "deploymentGroupId",
  "deploymentConfigId",
  "computePlatform",
  "createTime",
  "lastSuccessfulDeployment",
  "lastAttemptedDeployment",
  "targetRevision",
]);

function told(settings: object): object {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !UNTOLD.has(name)));
}
