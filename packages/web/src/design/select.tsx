import type { ReactNode } from "react";
import { Select as AriaSelect, Button, ListBox, Popover, SelectValue } from "react-aria-components";
import { classNames } from "./class-names.ts";
import fieldStyles from "./field.module.css";
import { Field } from "./field.tsx";
import { Icon } from "./icon.tsx";
import { type Option, OptionItem } from "./option.tsx";
import popover from "./popover.module.css";
import styles from "./select.module.css";

interface SelectProps {
  readonly label: string;
  readonly options: readonly Option[];
  /** Undefined: none is chosen yet. */
  readonly value: string | undefined;
  readonly onChange: (id: string) => void;
  readonly description?: ReactNode;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly isRequired?: boolean;
  readonly hidesLabel?: boolean;
  readonly isDisabled?: boolean;
}

/** One of a few. From about ten on: `ComboBox`, which can be searched. */
export function Select(props: SelectProps) {
  const { label, options, value, onChange, description, error, placeholder = "Choose…", isRequired = false } = props;
  return (
    <AriaSelect
      selectedKey={value ?? null}
      onSelectionChange={(key) => key !== null && onChange(String(key))}
      placeholder={placeholder}
      isInvalid={error !== undefined}
      isRequired={isRequired}
      isDisabled={props.isDisabled ?? false}
      validationBehavior="aria"
      className={fieldStyles.field ?? ""}
    >
      <Field
        label={label}
        description={description}
        error={error}
        isRequired={isRequired}
        hidesLabel={props.hidesLabel}
      >
        <Button className={classNames(fieldStyles.input, styles.button)}>
          <SelectValue<Option> className={styles.value ?? ""}>
            {({ isPlaceholder, selectedText, defaultChildren }) => (isPlaceholder ? defaultChildren : selectedText)}
          </SelectValue>
          <Icon name="chevrons-up-down" size={14} />
        </Button>
        <Popover className={classNames(popover.popover, popover.wide)} offset={4}>
          <ListBox items={options} className={popover.list ?? ""}>
            {(option) => <OptionItem option={option} />}
          </ListBox>
        </Popover>
      </Field>
    </AriaSelect>
  );
}
