import type { DeploymentConfigInfo } from "@aws-sdk/client-codedeploy";
import { PREDEFINED_CONFIG_PREFIX } from "@sluice/model/deployment-config.ts";
import { describeConfig } from "@sluice/model/deployment-config-words.ts";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { FilterSelect } from "../../design/filter-select.tsx";
import { Link } from "../../design/link.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Badge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Toolbar } from "../../design/toolbar.tsx";
import { capitalised } from "../../forms/config-select.tsx";
import { PLATFORM_ORDER, platformOf, platformTitle } from "../../forms/platform-words.ts";
import { groupsByConfig, useAllGroups } from "../../forms/use-all-groups.ts";
import { useConfigs } from "../../forms/use-configs.ts";
import { ActionButton } from "../../shell/access.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import styles from "./configs-page.module.css";
import { CreateConfigDialog } from "./create-config-dialog.tsx";

export function ConfigsPage() {
  usePageTitle("Configurations");
  const { text = "", platform } = useSearch({ from: "/inside/-/configs" });
  const navigate = useNavigate({ from: "/-/configs" });
  const [isCreating, setIsCreating] = useState(false);
  const configs = useConfigs();
  const groups = useAllGroups();
  const usedBy = groupsByConfig(groups.data ?? []);
  const found = [...(configs.data ?? [])]
    // Those that people made come first: the others are known.
    .sort((one, other) => Number(isPredefined(one)) - Number(isPredefined(other)))
    .filter(
      ({ deploymentConfigName = "", computePlatform = "Server" }) =>
        deploymentConfigName.toLowerCase().includes(text.trim().toLowerCase()) &&
        (platform === undefined || computePlatform === platform),
    );
  const create = (
    <ActionButton
      action="codedeploy:CreateDeploymentConfig"
      variant="primary"
      icon="plus"
      onPress={() => setIsCreating(true)}
    >
      Create configuration
    </ActionButton>
  );
  return (
    <>
      <PageHeader
        title="Configurations"
        description="How careful a deployment is: how many hosts at once, or how fast the traffic moves. They never change once they are made."
        actions={create}
      />
      {configs.error && <ErrorNote error={configs.error} title="The configurations could not be read." />}
      <Toolbar label="Filter the configurations">
        <SearchField
          label="Search configurations"
          value={text}
          onChange={(typed) => navigate({ search: (old) => ({ ...old, text: typed }), replace: true })}
        />
        <FilterSelect
          label="Platform"
          options={PLATFORM_ORDER.map((id) => ({ id, title: platformTitle(id) }))}
          value={platform === undefined ? [] : [platform]}
          allowsSeveral={false}
          onChange={([id]) =>
            navigate({
              search: ({ platform: _, ...old }) => (id === undefined ? old : { ...old, platform: platformOf(id) }),
              replace: true,
            })
          }
        />
      </Toolbar>
      <Card padded={false}>
        {configs.isPending && !configs.error ? (
          <SkeletonRows />
        ) : (
          <Table
            label="Configurations"
            columns={columnsOf(groups.data && usedBy)}
            rows={found}
            rowKey={({ deploymentConfigName = "" }) => deploymentConfigName}
            empty={
              <EmptyState icon="search" title="No configuration fits">
                Change the search or the filter, or create one.
              </EmptyState>
            }
          />
        )}
      </Card>
      <CreateConfigDialog
        isOpen={isCreating}
        onClose={() => setIsCreating(false)}
        onCreated={(config) => navigate({ to: "/-/configs/$config", params: { config } })}
      />
    </>
  );
}

export function isPredefined({ deploymentConfigName = "" }: DeploymentConfigInfo): boolean {
  return deploymentConfigName.startsWith(PREDEFINED_CONFIG_PREFIX);
}

/** @param usedBy undefined: it is not known yet */
function columnsOf(usedBy: ReturnType<typeof groupsByConfig> | undefined): readonly Column<DeploymentConfigInfo>[] {
  return [
    {
      id: "name",
      header: "Configuration",
      cell: (config) => (
        <span className={styles.name}>
          <Link to="/-/configs/$config" params={{ config: config.deploymentConfigName ?? "" }} look="quiet">
            {shortName(config.deploymentConfigName ?? "")}
          </Link>
          {isPredefined(config) && <Badge>Predefined</Badge>}
        </span>
      ),
    },
    {
      id: "platform",
      header: "Platform",
      width: "160px",
      hidesOnPhone: true,
      cell: ({ computePlatform }) => platformTitle(computePlatform),
    },
    { id: "words", header: "What it does", cell: (config) => capitalised(describeConfig(config)) },
    {
      id: "groups",
      header: "Groups",
      width: "90px",
      align: "end",
      cell: ({ deploymentConfigName = "" }) => usedBy && (usedBy.get(deploymentConfigName)?.length ?? 0),
    },
  ];
}

/** What a badge says already is left out. */
function shortName(name: string): string {
  return name.startsWith(PREDEFINED_CONFIG_PREFIX) ? name.slice(PREDEFINED_CONFIG_PREFIX.length) : name;
}
