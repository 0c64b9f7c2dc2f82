import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { describeConfig } from "@sluice/model/deployment-config-words.ts";
import { useOperation } from "../../api/use-operation.ts";
import { KeyValue } from "../../design/key-value.tsx";
import { Link } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";
import { AlarmStates } from "../../forms/alarm-states.tsx";
import { groupWords } from "../../forms/group-words.ts";
import { TagChips } from "../../forms/tag-chips.tsx";
import type { TagRow } from "../../forms/tag-rows.ts";
import { TriggerTests } from "../../forms/trigger-tests.tsx";
import styles from "./group-settings-section.module.css";

/** What the group says, to be read. */
export function GroupSettingsSection({ group, tags }: { group: DeploymentGroupInfo; tags: readonly TagRow[] }) {
  const { applicationName = "", deploymentGroupName = "", deploymentConfigName = "" } = group;
  const names = { applicationName, deploymentGroupName };
  const settings = useOperation("Sluice", "GetGroupSettings", names, { live: { changed: ["groups"] } });
  const config = useOperation(
    "CodeDeploy",
    "GetDeploymentConfig",
    { deploymentConfigName },
    { enabled: deploymentConfigName !== "" },
  );
  const { alarmConfiguration: alarms, triggerConfigurations: triggers = [] } = group;
  const alarmNames = (alarms?.alarms ?? []).flatMap(({ name }) => (name ? [name] : []));
  const info = config.data?.deploymentConfigInfo;
  return (
    <Section title="Settings">
      <KeyValue
        items={[
          {
            name: "Configuration",
            value: (
              <>
                <Link to="/-/configs/$config" params={{ config: deploymentConfigName }}>
                  {deploymentConfigName}
                </Link>
                {info && <span className={styles.line}>{describeConfig(info)}</span>}
              </>
            ),
          },
          ...groupWords(group, settings.data).map(({ name, lines }) => ({
            name,
            value: lines.map((line) => (
              <span key={line} className={styles.line}>
                {line}
              </span>
            )),
          })),
          {
            name: "Alarms",
            value:
              alarmNames.length === 0 ? (
                "none"
              ) : alarms?.enabled ? (
                <AlarmStates names={alarmNames} ignoresPollFailure={alarms.ignorePollAlarmFailure ?? false} />
              ) : (
                `${alarmNames.join(", ")}: not watched`
              ),
          },
          {
            name: "Triggers",
            value:
              triggers.length === 0 ? (
                "none"
              ) : (
                <div className={styles.triggers}>
                  {triggers.map(({ triggerName, triggerTargetArn, triggerEvents }) => (
                    <span key={triggerName} className={styles.line}>
                      {triggerName} → {triggerTargetArn}
                      <span className={styles.about}>{triggerEvents?.join(", ")}</span>
                    </span>
                  ))}
                  <TriggerTests names={names} />
                </div>
              ),
          },
          { name: "Tags", value: <TagChips rows={tags} /> },
        ]}
      />
    </Section>
  );
}
