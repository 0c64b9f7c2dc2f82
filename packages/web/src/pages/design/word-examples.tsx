import { useState } from "react";
import { CommandBlock, Copyable } from "../../design/copyable.tsx";
import { KeyValue } from "../../design/key-value.tsx";
import { Section } from "../../design/section.tsx";
import { Columns } from "../../design/stack.tsx";
import { Countdown, Duration, Time } from "../../design/time.tsx";
import { TimedText } from "../../design/timed-text.tsx";

const HOUR_MILLISECONDS = 3_600_000;

export function WordExamples() {
  const [now] = useState(() => Date.now());
  return (
    <Section title="Times, ids and commands" description="Times are in your zone; the tooltip says UTC." framed={false}>
      <Columns>
        <div>
          <Section title="A list">
            <KeyValue
              items={[
                { name: "Deployment", value: <Copyable text="d-4F1KPZ0A2" noun="deployment's id" /> },
                { name: "Started", value: <Time at={new Date(now - HOUR_MILLISECONDS / 20)} /> },
                { name: "Created", value: <Time at={new Date(now - 400 * HOUR_MILLISECONDS)} look="exact" /> },
                { name: "Lasts", value: <Duration from={new Date(now - HOUR_MILLISECONDS / 9)} /> },
                {
                  name: "A sentence",
                  value: (
                    <TimedText
                      text={`web-1 has not reported since ${new Date(now - HOUR_MILLISECONDS).toISOString()}.`}
                    />
                  ),
                },
                { name: "Stops in", value: <Countdown until={new Date(now + HOUR_MILLISECONDS)} /> },
              ]}
            />
          </Section>
        </div>
        <div>
          <Section title="The same as a command" framed={false}>
            <CommandBlock
              label="Creates the deployment"
              command="aws deploy create-deployment --application-name web --deployment-group-name production --s3-location bucket=releases,key=web-3.zip,bundleType=zip"
            />
          </Section>
        </div>
      </Columns>
    </Section>
  );
}
