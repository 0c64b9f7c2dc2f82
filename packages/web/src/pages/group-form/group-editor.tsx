import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { call } from "../../api/call.ts";
import { showToast } from "../../design/toast.tsx";
import { CommandPanel } from "../../forms/command-panel.tsx";
import { FormPage, WideOnly } from "../../forms/form-page.tsx";
import { useLeaveGuard } from "../../forms/leave-guard.tsx";
import { MatchingHostsPanel } from "../../forms/matching-hosts-panel.tsx";
import { useConfigs } from "../../forms/use-configs.ts";
import { useForm } from "../../forms/use-form.ts";
import { useServiceLimits } from "../../forms/use-service-limits.ts";
import { AlarmsPart } from "./alarms-part.tsx";
import { BalancersPart } from "./balancers-part.tsx";
import { BasicsPart } from "./basics-part.tsx";
import type { GroupFormHandle } from "./group-form-handle.ts";
import type { GroupForm } from "./group-form-state.ts";
import { fieldOfFault, groupProblems } from "./group-problems.ts";
import { groupCommands, saveGroup } from "./save-group.ts";
import { ServicePart } from "./service-part.tsx";
import { SettingsPart } from "./settings-part.tsx";
import { StylePart } from "./style-part.tsx";
import { TagsPart } from "./tags-part.tsx";
import { TargetsPart } from "./targets-part.tsx";
import { TriggersPart } from "./triggers-part.tsx";

interface GroupEditorProps {
  readonly applicationName: string;
  readonly platform: ComputePlatform;
  readonly initial: GroupForm;
  /** The group that is edited; absent: a new one is made. */
  readonly group?: DeploymentGroupInfo;
  readonly groupArn?: string | undefined;
  readonly onCancel: () => void;
  readonly onSaved: (groupName: string) => void;
}

/** The form of a deployment group, new or not, of any platform. */
export function GroupEditor(props: GroupEditorProps) {
  const { applicationName, platform, initial, group, groupArn, onCancel, onSaved } = props;
  const configs = useConfigs();
  const limits = useServiceLimits();
  const configOf = (name: string) => configs.data?.find((config) => config.deploymentConfigName === name);
  const handle: GroupFormHandle = useForm({
    initial,
    problemsOf: (form) =>
      groupProblems(
        form,
        platform,
        configOf(form.deploymentConfigName) as { computePlatform: ComputePlatform } | undefined,
        limits,
      ),
    fieldOfFault: (code) => fieldOfFault(code, platform),
  });
  const { guard, release } = useLeaveGuard(handle.isDirty && !handle.isPending);
  const subject = { applicationName, platform, before: group && { group, form: initial, arn: groupArn } };
  const { form } = handle;
  const isNew = group === undefined;

  const submit = async () => {
    if (!(await handle.submit((typed) => saveGroup(subject, typed, call)))) return;
    release();
    showToast({ title: isNew ? `${form.name} is created` : `${form.name} is saved` });
    onSaved(form.name);
  };

  return (
    <FormPage
      formRef={handle.ref}
      label={isNew ? "New deployment group" : `Deployment group ${initial.name}`}
      onSubmit={() => void submit()}
      onCancel={onCancel}
      submitLabel={isNew ? "Create group" : "Save changes"}
      action={isNew ? "codedeploy:CreateDeploymentGroup" : "codedeploy:UpdateDeploymentGroup"}
      isPending={handle.isPending}
      unavailable={!isNew && !handle.isDirty ? "Nothing has changed yet." : undefined}
      error={handle.error}
      aside={
        <>
          {platform === "Server" && (
            <WideOnly>
              <MatchingHostsPanel title="Matching hosts" selection={form} />
            </WideOnly>
          )}
          <CommandPanel commands={groupCommands(subject, form)} />
        </>
      }
    >
      <BasicsPart handle={handle} platform={platform} configs={configs.data ?? []} />
      {platform === "Server" && (
        <>
          <StylePart handle={handle} />
          <TargetsPart handle={handle} />
          <BalancersPart handle={handle} />
        </>
      )}
      {platform === "ECS" && <ServicePart handle={handle} />}
      <AlarmsPart handle={handle} />
      <TriggersPart handle={handle} names={group && { applicationName, deploymentGroupName: initial.name }} />
      <SettingsPart handle={handle} platform={platform} />
      <TagsPart handle={handle} />
      {guard}
    </FormPage>
  );
}
