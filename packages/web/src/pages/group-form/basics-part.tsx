import type { DeploymentConfigInfo } from "@aws-sdk/client-codedeploy";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { Link } from "../../design/link.tsx";
import { TextField } from "../../design/text-field.tsx";
import { ConfigSelect } from "../../forms/config-select.tsx";
import { FormPart } from "../../forms/form-page.tsx";
import type { GroupFormHandle } from "./group-form-handle.ts";

interface BasicsPartProps {
  readonly handle: GroupFormHandle;
  readonly platform: ComputePlatform;
  readonly configs: readonly DeploymentConfigInfo[];
}

export function BasicsPart({ handle: { form, change, touch, errorOf }, platform, configs }: BasicsPartProps) {
  return (
    <FormPart title="Group">
      <TextField
        label="Name"
        description="Mostly the environment, such as production. Letters, digits and . _ + = , @ -"
        value={form.name}
        onChange={(name) => change({ name })}
        onBlur={() => form.name !== "" && touch("name")}
        error={errorOf("name")}
        isRequired
        autoFocus
        spellCheck="false"
      />
      <TextField
        label="Service role ARN"
        description={
          platform === "Server"
            ? "The role that AWS would take to touch your hosts. The API wants one; Sluice takes what it needs from sluice.yml, so any role's ARN will do."
            : "The role that is taken where a binding in sluice.yml drives AWS. Without AWS any role's ARN will do."
        }
        value={form.serviceRoleArn}
        onChange={(serviceRoleArn) => change({ serviceRoleArn })}
        onBlur={() => touch("serviceRole")}
        error={errorOf("serviceRole")}
        isRequired
        isMono
        spellCheck="false"
      />
      <ConfigSelect
        configs={configs}
        platform={platform}
        value={form.deploymentConfigName}
        onChange={(deploymentConfigName) => change({ deploymentConfigName })}
        error={errorOf("config")}
      />
      {platform === "Lambda" && (
        <p>
          A group of Lambda names no function: the AppSpec of each revision does, with its alias and its versions.{" "}
          <Link to="/-/configs">All configurations</Link>
        </p>
      )}
    </FormPart>
  );
}
