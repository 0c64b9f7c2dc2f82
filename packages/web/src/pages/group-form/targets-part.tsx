import { Note } from "../../design/note.tsx";
import { RadioGroup } from "../../design/radio-group.tsx";
import { FormPart, NarrowOnly } from "../../forms/form-page.tsx";
import { knownTags } from "../../forms/matching-hosts.ts";
import { MatchingHosts } from "../../forms/matching-hosts-panel.tsx";
import { TagSelectionField } from "../../forms/tag-selection-field.tsx";
import { TextListField } from "../../forms/text-list-field.tsx";
import { useHosts } from "../../forms/use-hosts.ts";
import { useServiceLimits } from "../../forms/use-service-limits.ts";
import type { GroupFormHandle } from "./group-form-handle.ts";

/** Which hosts belong to the group. */
export function TargetsPart({ handle: { form, change, touch, errorOf } }: { handle: GroupFormHandle }) {
  const { hosts } = useHosts();
  const { autoScalingGroupsPerGroup } = useServiceLimits();
  const kindTags = (kind: string) => knownTags(hosts.filter((host) => host.kind === kind));
  const hasOnPremises = form.onPremises.lists.length > 0;
  return (
    <FormPart title="Hosts" description="A host belongs to the group for as long as it has these tags.">
      <TagSelectionField
        label="Instances"
        selection={form.ec2}
        onChange={(ec2) => change({ ec2 })}
        onBlur={() => touch("ec2")}
        error={errorOf("ec2")}
        known={kindTags("instance")}
      />
      {(!form.style.isBlueGreen || hasOnPremises) && (
        <TagSelectionField
          label="On-premises instances"
          description="Hosts that enrolled with --on-premises, or were registered as such."
          selection={form.onPremises}
          onChange={(onPremises) => change({ onPremises })}
          onBlur={() => touch("onPremises")}
          error={errorOf("onPremises")}
          known={kindTags("on-premises")}
        />
      )}
      <NarrowOnly>
        <MatchingHosts selection={form} />
      </NarrowOnly>
      <TextListField
        label="Auto Scaling groups"
        noun="Auto Scaling group"
        texts={form.autoScalingGroups}
        onChange={(autoScalingGroups) => change({ autoScalingGroups })}
        onBlur={() => touch("autoScaling")}
        error={errorOf("autoScaling")}
        max={autoScalingGroupsPerGroup}
      />
      {form.autoScalingGroups.length > 0 && (
        <Note tone="warning" title="Deployments to Auto Scaling groups are refused">
          The group can name them, as in CodeDeploy. Deploying to their instances is not implemented yet: select them by
          tags instead.
        </Note>
      )}
      <RadioGroup
        label="Instances that are launched during a deployment"
        options={[
          { id: "UPDATE", title: "Bring them up to date afterwards" },
          { id: "IGNORE", title: "Leave them with the older revision" },
        ]}
        value={form.outdatedInstances}
        onChange={(outdatedInstances) => change({ outdatedInstances })}
      />
    </FormPart>
  );
}
