import { MAX_READY_WAIT_MINUTES, MAX_TERMINATION_WAIT_MINUTES } from "@sluice/model/limits.ts";
import { RadioGroup } from "../../design/radio-group.tsx";
import { FormPart } from "../../forms/form-page.tsx";
import { NumberText } from "../../forms/number-text.tsx";
import { Problem } from "../../forms/problem.tsx";
import type { GroupFormHandle } from "./group-form-handle.ts";
import type { StyleForm } from "./group-form-state.ts";

/** In place, or blue/green with its waits. */
export function StylePart({ handle: { form, change, touch, errorOf } }: { handle: GroupFormHandle }) {
  const { style } = form;
  const put = (part: Partial<StyleForm>) => change({ style: { ...style, ...part } });
  return (
    <FormPart title="Deployment type">
      <RadioGroup
        label="Type"
        look="cards"
        options={[
          {
            id: "IN_PLACE",
            title: "In place",
            description: "The new revision is installed on the hosts that run the old one, some at a time.",
          },
          {
            id: "BLUE_GREEN",
            title: "Blue/green",
            description: "The new revision is installed on other hosts, and the traffic moves to them.",
          },
        ]}
        value={style.isBlueGreen ? "BLUE_GREEN" : "IN_PLACE"}
        // Traffic can only move through a load balancer.
        onChange={(id) =>
          put(id === "BLUE_GREEN" ? { isBlueGreen: true, hasTrafficControl: true } : { isBlueGreen: false })
        }
        error={errorOf("style")}
      />
      {style.isBlueGreen && (
        <>
          <RadioGroup
            label="When the replacement hosts are ready"
            options={[
              { id: "CONTINUE_DEPLOYMENT", title: "Move the traffic at once" },
              {
                id: "STOP_DEPLOYMENT",
                title: "Wait for a person to continue",
                description: "The deployment is stopped when nobody has continued it in time.",
              },
            ]}
            value={style.whenReady}
            onChange={(whenReady) => put({ whenReady })}
          />
          {style.whenReady === "STOP_DEPLOYMENT" && (
            <NumberText
              label="Wait at most"
              unit="minutes"
              max={MAX_READY_WAIT_MINUTES.Server}
              value={style.readyMinutes}
              onChange={(readyMinutes) => put({ readyMinutes })}
              onBlur={() => touch("blueGreen")}
            />
          )}
          <RadioGroup
            label="The original hosts, when all went well"
            options={[
              { id: "KEEP_ALIVE", title: "Keep them", description: "They leave the load balancer, and run on." },
              {
                id: "TERMINATE",
                title: "Terminate them",
                description:
                  "Those that a binding of fleets in sluice.yml can terminate. The others leave the load balancer.",
              },
            ]}
            value={style.originals}
            onChange={(originals) => put({ originals })}
          />
          {style.originals === "TERMINATE" && (
            <NumberText
              label="After"
              unit="minutes"
              max={MAX_TERMINATION_WAIT_MINUTES}
              value={style.terminationMinutes}
              onChange={(terminationMinutes) => put({ terminationMinutes })}
              onBlur={() => touch("blueGreen")}
            />
          )}
          <RadioGroup
            label="Replacement hosts"
            options={[
              {
                id: "DISCOVER_EXISTING",
                title: "Hosts that are there",
                description: "Each deployment names them by their tags.",
              },
              {
                id: "COPY_AUTO_SCALING_GROUP",
                title: "A copy of the Auto Scaling group",
                description: "The API takes it. Deployments to it are refused: they are not implemented yet.",
              },
            ]}
            value={style.greenFleet}
            onChange={(greenFleet) => put({ greenFleet })}
          />
          <Problem text={errorOf("blueGreen")} />
        </>
      )}
    </FormPart>
  );
}
