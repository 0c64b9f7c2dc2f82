import type { FormEvent, ReactNode, RefObject } from "react";
import { Form } from "react-aria-components";
import { Button } from "../design/button.tsx";
import { ErrorNote } from "../design/error-note.tsx";
import { Card } from "../design/section.tsx";
import { ActionButton } from "../shell/access.tsx";
import styles from "./form.module.css";

interface FormPageProps {
  readonly formRef: RefObject<HTMLFormElement | null>;
  /** What it makes or changes, for a screen reader. */
  readonly label: string;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
  readonly submitLabel: string;
  /** What the key needs: `codedeploy:CreateDeploymentGroup`. */
  readonly action: string;
  readonly isPending: boolean;
  /** Why it cannot be pressed now. */
  readonly unavailable?: string | undefined;
  /** Beside the buttons. */
  readonly hint?: ReactNode;
  /** What the API answered, where no field can show it. */
  readonly error: unknown;
  /** Beside the form: what it amounts to. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A form that is a page: its parts beneath each other, what it amounts to beside them, and its buttons always in sight. */
export function FormPage(props: FormPageProps) {
  const { formRef, label, onSubmit, onCancel, submitLabel, action, isPending, unavailable, hint, error } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <div className={styles.page}>
      <Form
        ref={formRef}
        aria-label={label}
        validationBehavior="aria"
        onSubmit={submit}
        className={styles.form ?? ""}
        autoComplete="off"
      >
        {props.children}
        {error !== undefined && (
          <div data-problem="" tabIndex={-1}>
            <ErrorNote error={error} />
          </div>
        )}
        <div className={styles.buttons}>
          {hint && <div className={styles.hint}>{hint}</div>}
          <Button onPress={onCancel}>Cancel</Button>
          <ActionButton action={action} type="submit" variant="primary" isPending={isPending} unavailable={unavailable}>
            {submitLabel}
          </ActionButton>
        </div>
      </Form>
      {props.aside && <aside className={styles.aside}>{props.aside}</aside>}
    </div>
  );
}

/** A part of a form, with what it is about. */
export function FormPart({
  title,
  description,
  children,
}: {
  title: string;
  description?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className={styles.group}>
      <h2>{title}</h2>
      {description && <p className={styles.about}>{description}</p>}
      <Card>
        <div className={styles.part}>{children}</div>
      </Card>
    </section>
  );
}

/** Beside the form, where there is room for it. */
export function WideOnly({ children }: { children: ReactNode }) {
  return <div className={styles.wideOnly}>{children}</div>;
}

/** In the form itself, where there is no room beside it. */
export function NarrowOnly({ children }: { children: ReactNode }) {
  return <div className={styles.narrowOnly}>{children}</div>;
}
