import { describeConfig } from "@sluice/model/deployment-config-words.ts";
import { MAX_FLEET_PERCENT, MAX_TRAFFIC_PERCENT, MAX_TRAFFIC_SHIFT_MINUTES } from "@sluice/model/limits.ts";
import { Form } from "react-aria-components";
import { useChange } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { Checkbox } from "../../design/checkbox.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { RadioGroup } from "../../design/radio-group.tsx";
import { Stack } from "../../design/stack.tsx";
import { TextField } from "../../design/text-field.tsx";
import { showToast } from "../../design/toast.tsx";
import { CommandDisclosure } from "../../forms/command-disclosure.tsx";
import { capitalised } from "../../forms/config-select.tsx";
import formStyles from "../../forms/form.module.css";
import { NumberText } from "../../forms/number-text.tsx";
import { PLATFORM_ORDER, platformOf, platformTitle } from "../../forms/platform-words.ts";
import { Problem } from "../../forms/problem.tsx";
import { ShiftPicture } from "../../forms/shift-picture.tsx";
import { shiftSteps } from "../../forms/shift-steps.ts";
import { type FormHandle, useForm } from "../../forms/use-form.ts";
import { useAccess } from "../../shell/access.tsx";
import {
  type ConfigField,
  type ConfigForm,
  configProblems,
  createConfigInput,
  fieldOfConfigFault,
  NEW_CONFIG,
} from "./config-form-state.ts";

interface CreateConfigDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onCreated: (name: string) => void;
}

type ConfigHandle = FormHandle<ConfigForm, ConfigField>;

export function CreateConfigDialog(props: CreateConfigDialogProps) {
  return props.isOpen ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ onClose, onCreated }: CreateConfigDialogProps) {
  const { refusal } = useAccess();
  const create = useChange("CodeDeploy", "CreateDeploymentConfig");
  const handle: ConfigHandle = useForm({
    initial: NEW_CONFIG,
    problemsOf: configProblems,
    fieldOfFault: fieldOfConfigFault,
  });
  const { form, change, touch, errorOf } = handle;
  const input = createConfigInput(form);
  const submit = async () => {
    if (!(await handle.submit(() => create.mutateAsync(input)))) return;
    showToast({ title: `${form.name} is created` });
    onCreated(form.name);
  };
  return (
    <Dialog
      title="Create configuration"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            onPress={() => void submit()}
            isPending={handle.isPending}
            unavailable={refusal("codedeploy:CreateDeploymentConfig")}
          >
            Create configuration
          </Button>
        </>
      }
    >
      <Form
        ref={handle.ref}
        validationBehavior="aria"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <TextField
            label="Name"
            value={form.name}
            onChange={(name) => change({ name })}
            onBlur={() => form.name !== "" && touch("name")}
            error={errorOf("name")}
            isRequired
            autoFocus
            spellCheck="false"
          />
          <RadioGroup
            label="Compute platform"
            look="cards"
            options={PLATFORM_ORDER.map((id) => ({ id, title: platformTitle(id) }))}
            value={form.platform}
            onChange={(id) => change({ platform: platformOf(id) })}
          />
          {form.platform === "Server" ? <HostFields handle={handle} /> : <ShiftFields handle={handle} />}
          <p className={formStyles.about}>
            {Object.keys(configProblems({ ...form, name: "x" })).length === 0 &&
              `${capitalised(describeConfig(input))}.`}
          </p>
          {handle.error !== undefined && <ErrorNote error={handle.error} />}
          <CommandDisclosure commands={[{ verb: "create-deployment-config", input: { ...input } }]} />
          <input type="submit" hidden />
        </Stack>
      </Form>
    </Dialog>
  );
}

function HostFields({ handle: { form, change, touch, errorOf } }: { handle: ConfigHandle }) {
  const isPercent = form.healthyType === "FLEET_PERCENT";
  return (
    <>
      <RadioGroup
        label="So many hosts stay healthy at least"
        options={[
          { id: "FLEET_PERCENT", title: "A share of the hosts of the group" },
          { id: "HOST_COUNT", title: "A number of hosts" },
        ]}
        value={form.healthyType}
        onChange={(healthyType) => change({ healthyType })}
      />
      <NumberText
        label={isPercent ? "Share" : "Number"}
        unit={isPercent ? "%" : "hosts"}
        description="The others are deployed to at once. 0: all together."
        {...(isPercent && { max: MAX_FLEET_PERCENT })}
        value={form.healthyValue}
        onChange={(healthyValue) => change({ healthyValue })}
        onBlur={() => touch("healthy")}
        error={errorOf("healthy")}
      />
      <Checkbox
        isSelected={form.isZonal}
        onChange={(isZonal) => change({ isZonal })}
        description="Only for deployments in place."
      >
        One availability zone after another
      </Checkbox>
      {form.isZonal && (
        <>
          <div className={formStyles.columns}>
            <NumberText
              label="Wait after the first zone"
              unit="seconds"
              value={form.firstZoneSeconds}
              onChange={(firstZoneSeconds) => change({ firstZoneSeconds })}
              isRequired={false}
            />
            <NumberText
              label="Wait after each zone"
              unit="seconds"
              value={form.zoneSeconds}
              onChange={(zoneSeconds) => change({ zoneSeconds })}
              isRequired={false}
            />
          </div>
          <RadioGroup
            label="In each zone so many stay healthy"
            options={[
              { id: "FLEET_PERCENT", title: "A share of its hosts" },
              { id: "HOST_COUNT", title: "A number of hosts" },
            ]}
            value={form.zoneHealthyType}
            onChange={(zoneHealthyType) => change({ zoneHealthyType })}
          />
          <NumberText
            label={form.zoneHealthyType === "FLEET_PERCENT" ? "Share in a zone" : "Number in a zone"}
            unit={form.zoneHealthyType === "FLEET_PERCENT" ? "%" : "hosts"}
            value={form.zoneHealthyValue}
            onChange={(zoneHealthyValue) => change({ zoneHealthyValue })}
            isRequired={false}
          />
          <Problem text={errorOf("zonal")} />
        </>
      )}
    </>
  );
}

function ShiftFields({ handle: { form, change, touch, errorOf } }: { handle: ConfigHandle }) {
  const { trafficRoutingConfig } = createConfigInput(form);
  return (
    <>
      <RadioGroup
        label="Traffic moves"
        look="cards"
        options={[
          { id: "TimeBasedCanary", title: "Canary", description: "A part of it first, and all the rest later." },
          { id: "TimeBasedLinear", title: "Linear", description: "In equal steps." },
          { id: "AllAtOnce", title: "All at once" },
        ]}
        value={form.routing}
        onChange={(routing) => change({ routing })}
      />
      {form.routing !== "AllAtOnce" && (
        <div className={formStyles.columns}>
          <NumberText
            label={form.routing === "TimeBasedCanary" ? "First" : "Each step"}
            unit="%"
            min={1}
            max={MAX_TRAFFIC_PERCENT}
            value={form.percent}
            onChange={(percent) => change({ percent })}
            onBlur={() => touch("routing")}
          />
          <NumberText
            label={form.routing === "TimeBasedCanary" ? "The rest after" : "Every"}
            unit="minutes"
            min={1}
            max={MAX_TRAFFIC_SHIFT_MINUTES}
            value={form.minutes}
            onChange={(minutes) => change({ minutes })}
            onBlur={() => touch("routing")}
          />
        </div>
      )}
      <Problem text={errorOf("routing")} />
      {trafficRoutingConfig && <ShiftPicture steps={shiftSteps(trafficRoutingConfig)} />}
    </>
  );
}
