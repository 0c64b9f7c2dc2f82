import { type RefObject, useEffect, useRef, useState } from "react";
import { announce } from "../design/announcer.ts";
import type { Problems } from "./problem-of.ts";

/** A press that takes the focus out of a field must not lose its button to an error that moves everything down. */
const PRESS_MILLISECONDS = 200;

interface FormOptions<Form, Field extends string> {
  readonly initial: Form;
  /** What the API would refuse. */
  readonly problemsOf: (form: Form) => Problems<Field>;
  /** The field that an error of the API is about. */
  readonly fieldOfFault: (code: string) => Field | undefined;
}

export interface FormHandle<Form, Field extends string> {
  readonly form: Form;
  /** The form's element, in which the first faulty field is looked for. */
  readonly ref: RefObject<HTMLFormElement | null>;
  readonly isDirty: boolean;
  readonly isPending: boolean;
  /** What the API answered, where no field can show it. */
  readonly error: unknown;
  /** Undefined also while somebody is still typing there for the first time. */
  readonly errorOf: (field: Field) => string | undefined;
  readonly change: (part: Partial<Form>) => void;
  /** Somebody has been there: what is wrong with it may be said. */
  readonly touch: (field: Field) => unknown;
  /** Whether there is nothing left to mend; otherwise the first fault is shown and has the focus. */
  readonly check: () => boolean;
  /** Checks, and saves; an error is shown where it belongs, and nothing that was typed is lost. True: it was saved. */
  readonly submit: (save: (form: Form) => Promise<unknown>) => Promise<boolean>;
}

/** A form's values, what is wrong with them, and when that is said: once somebody has left a field, or wants to go on. */
export function useForm<Form extends object, Field extends string>(
  options: FormOptions<Form, Field>,
): FormHandle<Form, Field> {
  const { initial, problemsOf, fieldOfFault } = options;
  const ref = useRef<HTMLFormElement>(null);
  const [form, setForm] = useState(initial);
  const [touched, setTouched] = useState<ReadonlySet<Field>>(new Set());
  const [isTried, setIsTried] = useState(false);
  const [isPending, setIsPending] = useState(false);
  const [fault, setFault] = useState<{ readonly error: unknown; readonly field: Field | undefined }>();
  const [wantsFocus, setWantsFocus] = useState(0);
  const problems = problemsOf(form);

  useEffect(() => {
    if (wantsFocus > 0) focusFirstProblem(ref.current);
  }, [wantsFocus]);

  const check = () => {
    const count = Object.keys(problems).length;
    if (count === 0) return true;
    setIsTried(true);
    setWantsFocus((times) => times + 1);
    announce(count === 1 ? "One part of the form has to be mended" : `${count} parts of the form have to be mended`);
    return false;
  };
  const submit = async (save: (form: Form) => Promise<unknown>) => {
    if (isPending || !check()) return false;
    setIsPending(true);
    setFault(undefined);
    try {
      await save(form);
      return true;
    } catch (error) {
      setFault({ error, field: fieldOfFault(codeOf(error)) });
      setWantsFocus((times) => times + 1);
      return false;
    } finally {
      setIsPending(false);
    }
  };

  return {
    form,
    ref,
    isDirty: JSON.stringify(form) !== JSON.stringify(initial),
    isPending,
    error: fault?.field === undefined ? fault?.error : undefined,
    errorOf: (field) =>
      fault?.field === field ? messageOf(fault.error) : isTried || touched.has(field) ? problems[field] : undefined,
    change: (part) => {
      setForm((before) => ({ ...before, ...part }));
      setFault(undefined);
    },
    touch: (field) =>
      setTimeout(
        () => setTouched((before) => (before.has(field) ? before : new Set([...before, field]))),
        PRESS_MILLISECONDS,
      ),
    check,
    submit,
  };
}

function focusFirstProblem(form: HTMLFormElement | null): void {
  const place = form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid="true"] button, [data-problem]');
  place?.focus({ preventScroll: true });
  place?.scrollIntoView({ block: "center" });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
