import { FormPart, NarrowOnly } from "../../forms/form-page.tsx";
import { knownTags } from "../../forms/matching-hosts.ts";
import { MatchingHosts } from "../../forms/matching-hosts-panel.tsx";
import { NO_SELECTION } from "../../forms/tag-selection.ts";
import { TagSelectionField } from "../../forms/tag-selection-field.tsx";
import { useHosts } from "../../forms/use-hosts.ts";
import type { DeployHandle } from "./deploy-handle.ts";

/** Of blue/green: the hosts that take over. */
export function ReplacementsPart({ handle: { form, change, touch, errorOf } }: { handle: DeployHandle }) {
  const { hosts } = useHosts();
  return (
    <FormPart
      title="Replacement hosts"
      description="The revision is installed on them, and then the traffic moves there from the hosts of the group."
    >
      <TagSelectionField
        label="Instances"
        selection={form.replacements}
        onChange={(replacements) => change({ replacements })}
        onBlur={() => touch("replacements")}
        error={errorOf("replacements")}
        known={knownTags(hosts.filter(({ kind }) => kind === "instance"))}
      />
      <NarrowOnly>
        <MatchingHosts selection={{ ec2: form.replacements, onPremises: NO_SELECTION }} />
      </NarrowOnly>
    </FormPart>
  );
}
