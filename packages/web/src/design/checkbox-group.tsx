import type { ReactNode } from "react";
import { CheckboxGroup as AriaCheckboxGroup } from "react-aria-components";
import { Checkbox } from "./checkbox.tsx";
import styles from "./checkbox-group.module.css";
import fieldStyles from "./field.module.css";
import { Field } from "./field.tsx";
import type { Option } from "./option.tsx";

interface CheckboxGroupProps {
  readonly label: string;
  readonly options: readonly Option[];
  readonly value: readonly string[];
  /** In the order of `options`. */
  readonly onChange: (ids: string[]) => void;
  readonly description?: ReactNode;
  readonly error?: string | undefined;
  /** `columns`: as many beside each other as there is room for. */
  readonly look?: "list" | "columns";
}

/** Any of a few. */
export function CheckboxGroup(props: CheckboxGroupProps) {
  const { label, options, value, onChange, description, error, look = "list" } = props;
  return (
    <AriaCheckboxGroup
      value={[...value]}
      onChange={(ids) => onChange(options.map(({ id }) => id).filter((id) => ids.includes(id)))}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={fieldStyles.field ?? ""}
    >
      <Field label={label} description={description} error={error} isRequired>
        <div className={styles[look]}>
          {options.map(({ id, title, description: about }) => (
            <Checkbox key={id} value={id} description={about}>
              {title}
            </Checkbox>
          ))}
        </div>
      </Field>
    </AriaCheckboxGroup>
  );
}
