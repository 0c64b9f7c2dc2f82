import type { ReactNode } from "react";
import { ComboBox as AriaComboBox, Button, Group, Input, ListBox, Popover } from "react-aria-components";
import { classNames } from "./class-names.ts";
import styles from "./combo-box.module.css";
import fieldStyles from "./field.module.css";
import { Field } from "./field.tsx";
import { Icon } from "./icon.tsx";
import { type Option, OptionItem } from "./option.tsx";
import popover from "./popover.module.css";

interface ComboBoxProps {
  readonly label: string;
  readonly options: readonly Option[];
  /** The text in the field. */
  readonly value: string;
  /** Of what was typed, and of the `title` of what was chosen. */
  readonly onChange: (text: string) => void;
  /** Of what was chosen out of the list. */
  readonly onChoose?: (id: string) => void;
  /** `false`: only what is in the list. */
  readonly allowsOther?: boolean;
  readonly description?: ReactNode;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly isRequired?: boolean;
  readonly hidesLabel?: boolean;
  readonly onBlur?: (() => void) | undefined;
  readonly isMono?: boolean;
  /** What the list says where nothing fits. */
  readonly none?: string;
}

/** One of many, found by typing; or something else where that is allowed, such as an ARN of AWS. */
export function ComboBox(props: ComboBoxProps) {
  const {
    label,
    options,
    value,
    onChange,
    onChoose,
    allowsOther = true,
    description,
    error,
    isRequired = false,
  } = props;
  return (
    <AriaComboBox
      defaultItems={options}
      inputValue={value}
      onInputChange={onChange}
      onSelectionChange={(key) => key !== null && onChoose?.(String(key))}
      allowsCustomValue={allowsOther}
      allowsEmptyCollection={props.none !== undefined}
      menuTrigger="focus"
      isInvalid={error !== undefined}
      isRequired={isRequired}
      onBlur={() => props.onBlur?.()}
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
        <Group className={styles.group ?? ""}>
          <Input
            placeholder={props.placeholder ?? ""}
            className={classNames(fieldStyles.input, styles.input, props.isMono && fieldStyles.mono)}
          />
          <Button className={styles.button ?? ""}>
            <Icon name="chevrons-up-down" size={14} />
          </Button>
        </Group>
        <Popover className={classNames(popover.popover, popover.wide)} offset={4}>
          <ListBox<Option>
            className={popover.list ?? ""}
            renderEmptyState={() => <div className={popover.none}>{props.none ?? "Nothing fits."}</div>}
          >
            {(option) => <OptionItem option={option} />}
          </ListBox>
        </Popover>
      </Field>
    </AriaComboBox>
  );
}
