import { NumberField } from "../design/number-field.tsx";

interface NumberTextProps {
  readonly label: string;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  /** As it is typed; empty: nothing is. */
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly onBlur?: () => void;
  readonly error?: string | undefined;
  readonly description?: string;
  readonly isRequired?: boolean;
}

/** A whole number, kept as a text, so that a form can hold what is not a number yet. */
export function NumberText(props: NumberTextProps) {
  const { value, onChange, onBlur, min = 0, max, unit, description, isRequired = true, ...rest } = props;
  return (
    <NumberField
      {...rest}
      {...(unit !== undefined && { unit })}
      {...(max !== undefined && { maxValue: max })}
      {...(description !== undefined && { description })}
      minValue={min}
      step={1}
      formatOptions={{ useGrouping: false, maximumFractionDigits: 0 }}
      value={value === "" ? Number.NaN : Number(value)}
      onChange={(number) => onChange(Number.isNaN(number) ? "" : String(number))}
      onBlur={() => onBlur?.()}
      isRequired={isRequired}
      validationBehavior="aria"
    />
  );
}
