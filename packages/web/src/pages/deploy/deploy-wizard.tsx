import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { useState } from "react";
import { useChange } from "../../api/use-operation.ts";
import { CommandPanel } from "../../forms/command-panel.tsx";
import { FormPage, WideOnly } from "../../forms/form-page.tsx";
import { useLeaveGuard } from "../../forms/leave-guard.tsx";
import { MatchingHostsPanel } from "../../forms/matching-hosts-panel.tsx";
import { NO_SELECTION } from "../../forms/tag-selection.ts";
import { useForm } from "../../forms/use-form.ts";
import { createDeploymentInput, type DeployForm, type DeployTarget } from "./deploy-form-state.ts";
import { type DeployField, deployProblems, fieldOfDeployFault } from "./deploy-problems.ts";
import { OptionsPart } from "./options-part.tsx";
import { Preflight } from "./preflight.tsx";
import { ReplacementsPart } from "./replacements-part.tsx";
import { RevisionPart } from "./revision-part.tsx";

interface DeployWizardProps {
  readonly group: DeploymentGroupInfo;
  readonly target: DeployTarget;
  readonly initial: DeployForm;
  readonly onCancel: () => void;
  readonly onDeployed: (deploymentId: string) => void;
}

/** What to deploy and how; then what it will do; then the deployment. */
export function DeployWizard({ group, target, initial, onCancel, onDeployed }: DeployWizardProps) {
  const [isReviewing, setIsReviewing] = useState(false);
  const deploy = useChange("CodeDeploy", "CreateDeployment");
  const handle = useForm<DeployForm, DeployField>({
    initial,
    problemsOf: (form) => deployProblems(form, target),
    fieldOfFault: fieldOfDeployFault,
  });
  const { guard, release } = useLeaveGuard(handle.isDirty && !handle.isPending);
  const input = createDeploymentInput(handle.form, target);

  const create = async () => {
    let deploymentId: string | undefined;
    const isDone = await handle.submit(async () => {
      deploymentId = (await deploy.mutateAsync(input)).deploymentId;
    });
    if (!isDone || deploymentId === undefined) {
      // The form shows where it is wrong.
      if (!isDone) setIsReviewing(false);
      return;
    }
    release();
    onDeployed(deploymentId);
  };

  if (isReviewing) {
    return (
      <>
        <Preflight
          form={handle.form}
          target={target}
          group={group}
          isPending={handle.isPending}
          onBack={() => setIsReviewing(false)}
          onDeploy={() => void create()}
        />
        {guard}
      </>
    );
  }
  return (
    <FormPage
      formRef={handle.ref}
      label="New deployment"
      onSubmit={() => handle.check() && setIsReviewing(true)}
      onCancel={onCancel}
      submitLabel="Review"
      action="codedeploy:CreateDeployment"
      isPending={handle.isPending}
      hint={`Next: what it will do, ${target.platform === "Server" ? "host by host" : "step by step"}.`}
      error={handle.error}
      aside={
        <>
          {target.platform === "Server" && target.isBlueGreen && (
            <WideOnly>
              <MatchingHostsPanel
                title="Replacement hosts"
                selection={{ ec2: handle.form.replacements, onPremises: NO_SELECTION }}
              />
            </WideOnly>
          )}
          <CommandPanel commands={[{ verb: "create-deployment", input: { ...input } }]} />
        </>
      }
    >
      <RevisionPart handle={handle} target={target} />
      {target.platform === "Server" && target.isBlueGreen && <ReplacementsPart handle={handle} />}
      <OptionsPart handle={handle} target={target} group={group} />
      {guard}
    </FormPage>
  );
}
