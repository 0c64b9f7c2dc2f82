import type { DeploymentConfigInfo } from "@aws-sdk/client-codedeploy";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { configInShort, describeConfig } from "@sluice/model/deployment-config-words.ts";
import { Select } from "../design/select.tsx";
import styles from "./form.module.css";
import { ShiftPicture } from "./shift-picture.tsx";
import { shiftSteps } from "./shift-steps.ts";

interface ConfigSelectProps {
  readonly configs: readonly DeploymentConfigInfo[];
  readonly platform: ComputePlatform;
  /** Empty: what `inherited` names. */
  readonly value: string;
  readonly onChange: (name: string) => void;
  readonly error?: string | undefined;
  /** Of one deployment: the group's own, which holds unless another is chosen. */
  readonly inherited?: string;
}

/** The id of the choice that leaves it to the group. */
const INHERITED = "(group)";

/** A deployment configuration of the platform, with what it means. */
export function ConfigSelect({ configs, platform, value, onChange, error, inherited }: ConfigSelectProps) {
  const fitting = configs.filter(({ computePlatform = "Server" }) => computePlatform === platform);
  const options = fitting.map((config) => ({
    id: config.deploymentConfigName ?? "",
    title: config.deploymentConfigName ?? "",
    description: capitalised(configInShort(config)),
  }));
  // One that is gone, or that is not read yet, is still what the group names.
  const isKnown = value === "" || options.some(({ id }) => id === value);
  const chosen = configs.find(
    ({ deploymentConfigName }) => deploymentConfigName === (value === "" ? inherited : value),
  );
  return (
    <div className={styles.part}>
      <Select
        label="Deployment configuration"
        description={
          chosen
            ? capitalised(describeConfig(chosen))
            : platform === "Server"
              ? "How many hosts are deployed to at once, and how many have to stay healthy."
              : "How fast the traffic moves."
        }
        options={[
          ...(inherited === undefined ? [] : [{ id: INHERITED, title: `As the group: ${inherited}` }]),
          ...(isKnown ? [] : [{ id: value, title: value }]),
          ...options,
        ]}
        value={value === "" && inherited !== undefined ? INHERITED : value}
        onChange={(id) => onChange(id === INHERITED ? "" : id)}
        error={error}
        isRequired
      />
      {chosen?.trafficRoutingConfig && <ShiftPicture steps={shiftSteps(chosen.trafficRoutingConfig)} />}
    </div>
  );
}

export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
