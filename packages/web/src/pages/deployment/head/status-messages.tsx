import { TimedText } from "../../../design/timed-text.tsx";
import { plainText } from "../logs/ansi.ts";
import styles from "./deployment-header.module.css";

/** More is told by a press: some list hosts. */
const SHORT_CHARACTERS = 160;

/** What the deployment itself says, such as which hosts it skipped. */
export function StatusMessages({ messages }: { messages: readonly string[] }) {
  if (messages.length === 0) return null;
  return (
    <ul className={styles.messages}>
      {messages.map((message) => {
        const text = plainText(message);
        return (
          <li key={message}>
            {text.length <= SHORT_CHARACTERS ? (
              <TimedText text={text} />
            ) : (
              <details>
                <summary>
                  <TimedText text={`${text.slice(0, SHORT_CHARACTERS)}…`} />
                </summary>
                <TimedText text={text} />
              </details>
            )}
          </li>
        );
      })}
    </ul>
  );
}
