import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { causeFirst } from "@sluice/model/aws-sentences.ts";
import type { PlanDeploymentOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { useEffect, useRef } from "react";
import { useOperation } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Note } from "../../design/note.tsx";
import { Card, Section } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { CommandPanel } from "../../forms/command-panel.tsx";
import formStyles from "../../forms/form.module.css";
import { RevisionDifferencePanel } from "../../forms/revision-difference-panel.tsx";
import { RevisionLabel } from "../../parts/revision-label.tsx";
import { ActionButton } from "../../shell/access.tsx";
import {
  createDeploymentInput,
  type DeployForm,
  type DeployTarget,
  planInput,
  revisionOf,
} from "./deploy-form-state.ts";
import { PlanChecks } from "./plan-checks.tsx";
import { PlanHosts } from "./plan-hosts.tsx";
import { PlanSteps } from "./plan-steps.tsx";
import styles from "./preflight.module.css";

interface PreflightProps {
  readonly form: DeployForm;
  readonly target: DeployTarget;
  readonly group: DeploymentGroupInfo;
  readonly isPending: boolean;
  readonly onBack: () => void;
  readonly onDeploy: () => void;
}

/** What the deployment would do if it began now. It is looked at again when a host, an alarm, the group or another deployment changes. */
export function Preflight({ form, target, group, isPending, onBack, onDeploy }: PreflightProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    scrollTo(0, 0);
  }, []);
  const plan = useOperation("Sluice", "PlanDeployment", planInput(form, target), {
    // Of other deployments only one to this group matters, and that one begins with a change of the group.
    live: {
      deployment: group.lastAttemptedDeployment?.deploymentId,
      changed: ["hosts", "alarms", "groups", "services", "functions"],
    },
    keepsPrevious: true,
  });
  const revision = revisionOf(form);
  const input = createDeploymentInput(form, target);
  const { data } = plan;
  return (
    <div className={formStyles.page}>
      <div className={styles.main}>
        <h2 ref={heading} tabIndex={-1} className={styles.title}>
          What it will do
        </h2>
        <p className={styles.what}>
          <RevisionLabel revision={revision} /> to <strong>{target.deploymentGroupName}</strong>, by{" "}
          {form.deploymentConfigName || group.deploymentConfigName}
        </p>
        {plan.error && <ErrorNote error={plan.error} title="The deployment could not be planned." />}
        {plan.isPending && !plan.error && (
          <Card padded={false}>
            <SkeletonRows />
          </Card>
        )}
        {data && <Verdict plan={data} />}
        {revision && group.targetRevision && (
          <RevisionDifferencePanel applicationName={target.applicationName} from={group.targetRevision} to={revision} />
        )}
        {data && <PlanParts plan={data} />}
        <div className={formStyles.buttons}>
          <Button onPress={onBack} icon="arrow-left">
            Change something
          </Button>
          <ActionButton
            action="codedeploy:CreateDeployment"
            variant={data && wouldFail(data) ? "danger" : "primary"}
            icon="rocket"
            onPress={onDeploy}
            isPending={isPending}
            unavailable={unavailable(data)}
          >
            {data && wouldFail(data) ? "Deploy anyway" : "Deploy"}
          </ActionButton>
        </div>
      </div>
      <aside className={formStyles.aside}>
        <CommandPanel commands={[{ verb: "create-deployment", input: { ...input } }]} />
      </aside>
    </div>
  );
}

function unavailable(plan: PlanDeploymentOutput | undefined): string | undefined {
  if (plan === undefined) return "Wait until it is known what it will do.";
  if (plan.canStart) return undefined;
  return plan.obstacles[0]?.message ?? "It cannot start: see the checks.";
}

function Verdict({ plan }: { plan: PlanDeploymentOutput }) {
  const { obstacles, end } = plan;
  const fault = bundleFault(plan);
  // What it would end as is said once, above.
  const warnings = plan.warnings.filter(
    (warning) => warning !== fault && (end?.message === undefined || !warning.includes(end.message)),
  );
  const read = end?.message === undefined ? undefined : causeFirst(end.message);
  return (
    <div role="status" className={styles.verdict}>
      {obstacles.map(({ code, message }) => (
        <Note key={`${code} ${message}`} tone="danger" title="It cannot start">
          <p>{message}</p>
        </Note>
      ))}
      {plan.canStart && obstacles.length === 0 && (
        <Note tone={wouldFail(plan) ? "danger" : "success"} title={endWords(plan)}>
          {fault && <p>{fault}</p>}
          {read && <p>{read.cause}</p>}
          {read?.sentence && <p className={styles.sentence}>{read.sentence}</p>}
        </Note>
      )}
      {warnings.length > 0 && (
        <Note
          tone="warning"
          title={warnings.length === 1 ? "Worth knowing" : `${warnings.length} things worth knowing`}
        >
          <ul className={styles.warnings}>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Note>
      )}
    </div>
  );
}

function wouldFail(plan: PlanDeploymentOutput): boolean {
  return bundleFault(plan) !== undefined || (plan.end !== undefined && plan.end.status !== "Succeeded");
}

/** What every host refuses the bundle for. The server starts the deployment all the same, as AWS does. */
function bundleFault({ checks }: PlanDeploymentOutput): string | undefined {
  return checks.find(({ subject, outcome }) => subject === "appspec" && outcome === "failed")?.detail;
}

function PlanParts({ plan }: { plan: PlanDeploymentOutput }) {
  return (
    <>
      {plan.arithmetic.length > 0 && (
        <Section title="How many at once" padded>
          <ul className={styles.arithmetic}>
            {plan.arithmetic.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Section>
      )}
      {plan.steps.length > 0 && <PlanSteps plan={plan} />}
      {plan.checks.length > 0 && <PlanChecks checks={plan.checks} />}
      {plan.hosts.length > 0 && <PlanHosts hosts={plan.hosts} />}
    </>
  );
}

/** Promises nothing: scripts may fail. */
function endWords(plan: PlanDeploymentOutput): string {
  const { end } = plan;
  if (bundleFault(plan) !== undefined) return "It can start, and would fail on every host.";
  if (end === undefined) return "It can start.";
  return end.status === "Succeeded"
    ? "It can start, and succeeds if its scripts do."
    : `It can start, and would end as ${end.status} even if its scripts succeed.`;
}
