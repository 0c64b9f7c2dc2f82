import { EmptyState } from "../../design/empty-state.tsx";
import { ButtonLink } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";

/** In place of the applications, where there is none. */
export function NoApplications({ hasHosts }: { hasHosts: boolean }) {
  return (
    <Section title="Applications and groups">
      <EmptyState
        icon="layers"
        title="No application yet"
        action={
          <ButtonLink to="/-/applications" variant="primary" icon="plus">
            Create application
          </ButtonLink>
        }
      >
        An application is what you deploy: a service, a site, a function. {hasHosts ? "" : "Its hosts can join later."}
      </EmptyState>
    </Section>
  );
}

/** Where servers could be deployed to, and there is none. */
export function NoHosts() {
  return (
    <Section title="Hosts">
      <EmptyState
        icon="server"
        title="No host yet"
        action={
          <ButtonLink to="/-/hosts" search={{ dialog: "join" }} icon="plus">
            Join a host
          </ButtonLink>
        }
      >
        A host joins with one command, which contains a fresh token. ECS and Lambda need none.
      </EmptyState>
    </Section>
  );
}
