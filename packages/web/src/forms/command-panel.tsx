import { CommandBlock } from "../design/copyable.tsx";
import { Section } from "../design/section.tsx";
import { type AwsCommand, awsCommand } from "./aws-command.ts";
import styles from "./form.module.css";

/** The same by the command line, as it is filled in now. */
export function CommandPanel({ commands }: { commands: readonly (AwsCommand | string)[] }) {
  return (
    <Section title="The same as a command" framed={false}>
      {commands.length === 0 ? (
        <p className={styles.about}>Nothing has changed yet.</p>
      ) : (
        <div className={styles.commands}>
          {commands.map((command) => {
            const text = typeof command === "string" ? command : awsCommand(command);
            return <CommandBlock key={text} command={text} />;
          })}
        </div>
      )}
    </Section>
  );
}
