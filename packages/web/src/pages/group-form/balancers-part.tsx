import { MAX_LOAD_BALANCERS_PER_GROUP, MAX_TARGET_GROUPS_PER_GROUP } from "@sluice/model/limits.ts";
import { useOperation } from "../../api/use-operation.ts";
import { Checkbox } from "../../design/checkbox.tsx";
import { FormPart } from "../../forms/form-page.tsx";
import { Problem } from "../../forms/problem.tsx";
import { TextListField } from "../../forms/text-list-field.tsx";
import type { GroupFormHandle } from "./group-form-handle.ts";

/** Of hosts: what they are taken out of while they are deployed to. */
export function BalancersPart({ handle: { form, change, touch, errorOf } }: { handle: GroupFormHandle }) {
  const { style, balancers } = form;
  const { data } = useOperation("Sluice", "ListShiftResources", {}, { live: { changed: ["services"] } });
  const bound = (data?.bindings ?? [])
    .filter(({ port, match }) => port === "traffic-router" && !match.includes("*"))
    .map(({ match, driver }) => ({ id: match, title: match, description: driver }));
  const groups = (data?.targetGroups ?? [])
    .filter(({ targetType }) => targetType === "instance")
    .map(({ name }) => ({ id: name, title: name }));
  return (
    <FormPart title="Load balancer">
      <Checkbox
        isSelected={style.hasTrafficControl}
        onChange={(hasTrafficControl) => change({ style: { ...style, hasTrafficControl } })}
        isDisabled={style.isBlueGreen && style.hasTrafficControl}
        description={
          style.isBlueGreen
            ? "Blue/green moves the traffic through a load balancer, and cannot do without."
            : "Each host gets no traffic while it is deployed to, and is back when its load balancer finds it healthy."
        }
      >
        Take hosts out of their load balancers
      </Checkbox>
      <TextListField
        label="Target groups"
        noun="target group"
        texts={balancers.targetGroups}
        onChange={(targetGroups) => change({ balancers: { ...balancers, targetGroups } })}
        onBlur={() => touch("balancers")}
        options={[...groups, ...bound]}
        max={MAX_TARGET_GROUPS_PER_GROUP}
        placeholder="As a binding in sluice.yml matches it"
      />
      <TextListField
        label="Classic load balancers"
        noun="load balancer"
        texts={balancers.loadBalancers}
        onChange={(loadBalancers) => change({ balancers: { ...balancers, loadBalancers } })}
        onBlur={() => touch("balancers")}
        options={bound}
        max={MAX_LOAD_BALANCERS_PER_GROUP}
        placeholder="As a binding in sluice.yml matches it"
      />
      <Problem text={errorOf("balancers")} />
    </FormPart>
  );
}
