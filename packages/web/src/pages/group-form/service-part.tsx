import { MAX_READY_WAIT_MINUTES, MAX_TERMINATION_WAIT_MINUTES } from "@sluice/model/limits.ts";
import { useOperation } from "../../api/use-operation.ts";
import { ComboBox } from "../../design/combo-box.tsx";
import { RadioGroup } from "../../design/radio-group.tsx";
import styles from "../../forms/form.module.css";
import { FormPart } from "../../forms/form-page.tsx";
import { NumberText } from "../../forms/number-text.tsx";
import { Problem } from "../../forms/problem.tsx";
import type { GroupFormHandle } from "./group-form-handle.ts";
import type { PairForm, StyleForm } from "./group-form-state.ts";

/** Of ECS: the service, the target groups between which its traffic moves, and when it moves. */
export function ServicePart({ handle: { form, change, touch, errorOf } }: { handle: GroupFormHandle }) {
  const { data } = useOperation("Sluice", "ListShiftResources", {}, { live: { changed: ["services"] } });
  const { service, pair, style } = form;
  const put = (part: Partial<PairForm>) => change({ pair: { ...pair, ...part } });
  const putStyle = (part: Partial<StyleForm>) => change({ style: { ...style, ...part } });
  const services = data?.services ?? [];
  const clusters = [...new Set(services.map(({ clusterName }) => clusterName))];
  const [blue, green] = pair.targetGroups;
  const groupOptions = (other: string) =>
    (data?.targetGroups ?? [])
      .filter(({ name }) => name !== other)
      .map(({ name, targetType }) => ({ id: name, title: name, description: `Targets by ${targetType}` }));
  const listenerOptions = (data?.listeners ?? []).map(({ arn, loadBalancerName, port }) => ({
    id: arn,
    title: arn,
    description: `${loadBalancerName}, port ${port}`,
  }));
  return (
    <>
      <FormPart
        title="Service"
        description="It has to be made with --deployment-controller type=CODE_DEPLOY. A service belongs to one group."
      >
        <div className={styles.columns}>
          <ComboBox
            label="Cluster"
            options={clusters.map((id) => ({ id, title: id }))}
            value={service.clusterName}
            onChange={(clusterName) => change({ service: { ...service, clusterName } })}
            onBlur={() => service.clusterName !== "" && service.serviceName !== "" && touch("service")}
            isRequired
          />
          <ComboBox
            label="Service"
            options={services
              .filter(({ clusterName }) => service.clusterName === "" || clusterName === service.clusterName)
              .map(({ serviceName, clusterName }) => ({
                id: serviceName,
                title: serviceName,
                description: clusterName,
              }))}
            value={service.serviceName}
            onChange={(serviceName) => change({ service: { ...service, serviceName } })}
            onBlur={() => service.clusterName !== "" && service.serviceName !== "" && touch("service")}
            isRequired
          />
        </div>
        <Problem text={errorOf("service")} />
      </FormPart>
      <FormPart
        title="Traffic"
        description="The listener forwards to one target group now; a deployment moves it to the other."
      >
        <div className={styles.columns}>
          <ComboBox
            label="Target group 1"
            options={groupOptions(green)}
            value={blue}
            onChange={(name) => put({ targetGroups: [name, green] })}
            isRequired
          />
          <ComboBox
            label="Target group 2"
            options={groupOptions(blue)}
            value={green}
            onChange={(name) => put({ targetGroups: [blue, name] })}
            isRequired
          />
        </div>
        <ComboBox
          label="Production listener"
          options={listenerOptions}
          value={pair.listenerArn}
          onChange={(listenerArn) => put({ listenerArn })}
          placeholder="The ARN of a listener"
          isRequired
          isMono
        />
        <ComboBox
          label="Test listener"
          description="Takes traffic to the new tasks before production does."
          options={listenerOptions.filter(({ id }) => id !== pair.listenerArn)}
          value={pair.testListenerArn}
          onChange={(testListenerArn) => put({ testListenerArn })}
          placeholder="The ARN of a listener"
          isMono
        />
        <Problem text={errorOf("pair")} />
        <RadioGroup
          label="When the new tasks are ready"
          options={[
            { id: "CONTINUE_DEPLOYMENT", title: "Move the traffic at once" },
            {
              id: "STOP_DEPLOYMENT",
              title: "Wait for a person to continue",
              description: "The deployment is stopped when nobody has continued it in time.",
            },
          ]}
          value={style.whenReady}
          onChange={(whenReady) => putStyle({ whenReady })}
          error={errorOf("style")}
        />
        {style.whenReady === "STOP_DEPLOYMENT" && (
          <NumberText
            label="Wait at most"
            unit="minutes"
            max={MAX_READY_WAIT_MINUTES.ECS}
            value={style.readyMinutes}
            onChange={(readyMinutes) => putStyle({ readyMinutes })}
            onBlur={() => touch("blueGreen")}
          />
        )}
        <NumberText
          label="Keep the original tasks after the traffic has moved"
          unit="minutes"
          max={MAX_TERMINATION_WAIT_MINUTES}
          description="So long the deployment can be taken back at once."
          value={style.terminationMinutes}
          onChange={(terminationMinutes) => putStyle({ terminationMinutes })}
          onBlur={() => touch("blueGreen")}
        />
        <Problem text={errorOf("blueGreen")} />
      </FormPart>
    </>
  );
}
