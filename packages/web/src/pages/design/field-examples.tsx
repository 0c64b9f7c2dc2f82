import { useState } from "react";
import { Checkbox } from "../../design/checkbox.tsx";
import { CheckboxGroup } from "../../design/checkbox-group.tsx";
import { ComboBox } from "../../design/combo-box.tsx";
import { FilterSelect } from "../../design/filter-select.tsx";
import { NumberField } from "../../design/number-field.tsx";
import { RadioGroup } from "../../design/radio-group.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { Section } from "../../design/section.tsx";
import { Select } from "../../design/select.tsx";
import { Columns } from "../../design/stack.tsx";
import { Switch } from "../../design/switch.tsx";
import { TextArea, TextField } from "../../design/text-field.tsx";
import { Toolbar } from "../../design/toolbar.tsx";
import styles from "./design-page.module.css";

const PLATFORMS = [
  { id: "Server", title: "EC2 and on-premises", description: "Hosts that run the agent" },
  { id: "ECS", title: "Amazon ECS", description: "A service and its task sets" },
  { id: "Lambda", title: "AWS Lambda", description: "An alias and its versions" },
];
const CONFIGS = ["CodeDeployDefault.OneAtATime", "CodeDeployDefault.HalfAtATime", "CodeDeployDefault.AllAtOnce"].map(
  (id) => ({ id, title: id }),
);
const STATES = ["Succeeded", "Failed", "Stopped"].map((id) => ({ id, title: id }));

export function FieldExamples() {
  const [platform, setPlatform] = useState("Server");
  const [config, setConfig] = useState("");
  const [text, setText] = useState("");
  const [states, setStates] = useState<readonly string[]>(["Failed"]);
  return (
    <Section title="Fields" description="What is wrong stands beneath the field, with the cure." padded>
      <div className={styles.examples}>
        <Toolbar label="An example of filters">
          <SearchField label="Search deployments" value={text} onChange={setText} />
          <FilterSelect label="Status" options={STATES} value={states} onChange={setStates} />
          <FilterSelect label="Creator" options={STATES} value={[]} onChange={() => {}} />
        </Toolbar>
        <RadioGroup label="Compute platform" look="cards" options={PLATFORMS} value={platform} onChange={setPlatform} />
        <Columns>
          <TextField
            label="Application name"
            defaultValue="web shop"
            isRequired
            error="A name has no spaces. Write web-shop."
          />
          <TextField label="Description" description="Shown in the history." />
          <Select label="Platform" options={PLATFORMS} value={platform} onChange={setPlatform} isRequired />
          <ComboBox
            label="Configuration"
            options={CONFIGS}
            value={config}
            onChange={setConfig}
            placeholder="CodeDeployDefault.OneAtATime"
            isMono
            isRequired
          />
          <NumberField label="Wait before termination" defaultValue={5} minValue={0} unit="minutes" isRequired />
          <TextArea label="AppSpec" isMono rows={3} defaultValue={"version: 0.0\nos: linux"} />
          <div className={styles.examples}>
            <Checkbox defaultSelected description="When a deployment of this group fails">
              Roll back
            </Checkbox>
            <Checkbox isIndeterminate>All hosts</Checkbox>
            <Checkbox isDisabled>Only with a load balancer</Checkbox>
            <Switch defaultSelected>Interesting lines</Switch>
          </div>
          <CheckboxGroup label="Events" options={STATES} value={states} onChange={setStates} />
          <RadioGroup label="Traffic" options={PLATFORMS.slice(0, 2)} value={platform} onChange={setPlatform} />
        </Columns>
      </div>
    </Section>
  );
}
