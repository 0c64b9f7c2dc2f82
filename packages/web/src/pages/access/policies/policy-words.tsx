import { KeyValue } from "../../../design/key-value.tsx";
import { Section } from "../../../design/section.tsx";

/** Beside the editor: what a statement is made of. */
export function PolicyWords() {
  return (
    <Section title="What a statement has" padded>
      <KeyValue
        look="grid"
        items={[
          { name: "Effect", value: "Allow or Deny. A Deny wins over every Allow; what nothing allows is refused." },
          { name: "Action", value: "codedeploy:CreateDeployment, with * and ? for many. Or NotAction." },
          {
            name: "Resource",
            value: "An ARN such as arn:aws:codedeploy:*:*:deploymentgroup:APP/GROUP, or *. Or NotResource.",
          },
          {
            name: "Condition",
            value: "By tags, source address or date: optional.",
          },
        ]}
      />
    </Section>
  );
}
