import { Button, Disclosure, DisclosurePanel, Heading } from "react-aria-components";
import { CommandBlock } from "../design/copyable.tsx";
import { Icon } from "../design/icon.tsx";
import { type AwsCommand, awsCommand } from "./aws-command.ts";
import styles from "./command-disclosure.module.css";

/** The same by the command line, behind a line of text: in dialogs, where there is little room. */
export function CommandDisclosure({ commands }: { commands: readonly (AwsCommand | string)[] }) {
  return (
    <Disclosure className={styles.disclosure ?? ""}>
      <Heading className={styles.heading ?? ""}>
        <Button slot="trigger" className={styles.trigger ?? ""}>
          <Icon name="chevron-right" size={12} className={styles.arrow} />
          The same as a command
        </Button>
      </Heading>
      <DisclosurePanel>
        <div className={styles.commands}>
          {commands.map((command) => {
            const text = typeof command === "string" ? command : awsCommand(command);
            return <CommandBlock key={text} command={text} />;
          })}
        </div>
      </DisclosurePanel>
    </Disclosure>
  );
}
