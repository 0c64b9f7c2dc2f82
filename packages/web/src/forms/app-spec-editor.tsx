import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { TextEditor } from "./text-editor.tsx";
import { useTextProblems } from "./use-text-problems.ts";

interface AppSpecEditorProps {
  readonly label: string;
  readonly platform: ComputePlatform;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** An AppSpec, with what is wrong with it as one types. */
export function AppSpecEditor({ label, platform, value, onChange }: AppSpecEditorProps) {
  // The parsers come when they are first needed: they are as large as the page.
  const problems = useTextProblems(
    value,
    async (text) => (await import("./app-spec-problems.ts")).appSpecProblems(text, platform),
    platform,
  );
  return (
    <TextEditor
      label={label}
      value={value}
      onChange={onChange}
      problems={problems}
      praise="Nothing is wrong with it, as far as it can be read here."
    />
  );
}
