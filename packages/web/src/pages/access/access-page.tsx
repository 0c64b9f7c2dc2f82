import { useNavigate, useSearch } from "@tanstack/react-router";
import { PageHeader } from "../../design/page-header.tsx";
import { Tabs } from "../../design/tabs.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import { ExplainTab } from "./explain/explain-tab.tsx";
import { IdentitiesTab } from "./identities/identities-tab.tsx";
import { KeysTab } from "./keys/keys-tab.tsx";
import { PoliciesTab } from "./policies/policies-tab.tsx";

/** Who may use the installation, and what each may do. */
export function AccessPage() {
  usePageTitle("Access");
  const { tab = "keys" } = useSearch({ from: "/inside/-/access" });
  const navigate = useNavigate({ from: "/-/access" });
  return (
    <>
      <PageHeader
        title="Access"
        description="With a key people sign in here, and AWS's tools, pipelines and the command line call the server. Policies say what a user's keys may do."
      />
      <Tabs
        label="Access"
        selected={tab}
        onSelect={(id) =>
          void navigate({ search: id === "keys" ? {} : { tab: id as Exclude<typeof tab, "keys"> }, replace: true })
        }
        tabs={[
          { id: "keys", title: "Keys", content: <KeysTab /> },
          { id: "identities", title: "Users and roles", content: <IdentitiesTab /> },
          { id: "policies", title: "Policies", content: <PoliciesTab /> },
          { id: "explain", title: "Explain", content: <ExplainTab /> },
        ]}
      />
    </>
  );
}
