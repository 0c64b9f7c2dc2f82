import { memberDifferences } from "@sluice/model/differences/member-differences.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import type {
  CompareDeploymentsInput,
  CompareDeploymentsOutput,
  DeploymentSnapshot,
  RevisionDifference,
} from "@sluice/wire/sluice/console-api.ts";
import type { ApplicationRow } from "../../../store/applications.ts";
import { DEPLOYMENT_REVISION } from "../../../store/columns/deployment-columns.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { findSnapshot } from "../../../store/deployment-snapshots.ts";
import { type DeploymentRow, readHead } from "../../../store/deployments.ts";
import { deploymentMissing } from "../../codedeploy/checks/known-resources.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { snapshotView } from "./deployment-snapshot.ts";
import { deploymentSummaries } from "./deployment-summary.ts";
import { revisionContent } from "./revision-content.ts";
import { revisionDifference } from "./revision-difference.ts";

/** What differs between two deployments: their revisions, and the settings of their groups as they were then. */
export const compareDeployments: Operation<CompareDeploymentsInput, CompareDeploymentsOutput, SluiceContext> = async (
  input,
  context,
) => {
  const { db } = context.store;
  const from = await requireDeployment(input.fromDeploymentId, context);
  const to = await requireDeployment(input.toDeploymentId, context);
  const [fromSummary, toSummary] = await deploymentSummaries({ db }, [from, to]);
  const fromSnapshot = await snapshotOf(from, context);
  const toSnapshot = await snapshotOf(to, context);
  const without = [from, to].filter((_, index) => [fromSnapshot, toSnapshot][index] === undefined);
  return {
    from: fromSummary!,
    to: toSummary!,
    revision: await compareRevisionsOf(from, to, context),
    settings: fromSnapshot && toSnapshot ? memberDifferences(settings(fromSnapshot), settings(toSnapshot)) : [],
    ...(without.length === 0
      ? {}
      : {
          settingsTrouble: `The settings are not compared: ${without.map(({ deployment_id }) => deployment_id).join(" and ")} was created by a version of Sluice that did not keep them.`,
        }),
  };
};

async function compareRevisionsOf(
  from: DeploymentRow,
  to: DeploymentRow,
  context: SluiceContext,
): Promise<RevisionDifference> {
  const before = sideOf(from);
  const after = sideOf(to);
  // What was fixed when each began says more than what lies there now.
  const isSameRevision = before.sha256 !== undefined && before.sha256 === after.sha256;
  const isSameObject = revisionKey(before.revision) === revisionKey(after.revision);
  const one = await revisionContent(before.revision, applicationOf(from), context);
  const other = isSameObject ? one : await revisionContent(after.revision, applicationOf(to), context);
  const difference = revisionDifference(one, other, { isSameRevision });
  const wasReplaced = isSameObject && before.sha256 !== undefined && after.sha256 !== undefined && !isSameRevision;
  if (!wasReplaced) return difference;
  const trouble = `Both name the same object, which was replaced between the two (SHA-256 ${before.sha256?.slice(0, 12)} and ${after.sha256?.slice(0, 12)}): only what lies there now can be read. Give every build a key of its own.`;
  return { ...difference, isSame: false, trouble };
}

function sideOf(row: DeploymentRow): { readonly revision: RevisionLocation; readonly sha256: string | undefined } {
  const { bundle } = readHead(row);
  const sha256 = bundle && "sha256" in bundle ? bundle.sha256 : undefined;
  return { revision: DEPLOYMENT_REVISION.read(row), sha256 };
}

/** As it was: the application may be deleted by now. */
function applicationOf(row: DeploymentRow): ApplicationRow {
  return {
    application_id: row.application_id,
    application_name: row.application_name,
    compute_platform: row.compute_platform,
    created_at: row.created_at,
  };
}

async function requireDeployment(id: string | undefined, { store }: SluiceContext): Promise<DeploymentRow> {
  const deploymentId = requireDeploymentId(id);
  const row = await findDeployment(store.db, deploymentId);
  if (!row) throw deploymentMissing(deploymentId);
  return row;
}

async function snapshotOf(
  { deployment_id }: DeploymentRow,
  { store }: SluiceContext,
): Promise<DeploymentSnapshot | undefined> {
  const found = await findSnapshot(store.db, deployment_id);
  return found && snapshotView(deployment_id, found);
}

/** Without ids, and when a configuration was made: what they stand for is compared. */
function settings({ deploymentGroup, deploymentConfig, settings: ownSettings }: DeploymentSnapshot): unknown {
  const { deploymentGroupId: _, ...group } = deploymentGroup;
  const { deploymentConfigId: __, createTime: ___, ...config } = deploymentConfig ?? {};
  return { ...group, deploymentConfig: config, settings: ownSettings };
}
