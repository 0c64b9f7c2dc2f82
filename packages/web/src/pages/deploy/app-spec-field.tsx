import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { useOperation } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { AppSpecEditor } from "../../forms/app-spec-editor.tsx";
import form from "../../forms/form.module.css";
import { appSpecTemplate } from "./app-spec-template.ts";
import type { DeployHandle } from "./deploy-handle.ts";

export function AppSpecField({ handle, platform }: { handle: DeployHandle; platform: ComputePlatform }) {
  const { data } = useOperation("Sluice", "ListShiftResources", {}, { live: { changed: ["services", "functions"] } });
  const { appSpec } = handle.form;
  return (
    <>
      <AppSpecEditor
        label="AppSpec, in YAML or JSON"
        platform={platform}
        value={appSpec}
        onChange={(text) => handle.change({ appSpec: text })}
      />
      {appSpec.trim() === "" && (
        <div className={form.more}>
          <Button size="small" icon="edit" onPress={() => handle.change({ appSpec: appSpecTemplate(platform, data) })}>
            Begin with a template
          </Button>
        </div>
      )}
    </>
  );
}
