const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A host that polls has to take up an event within this time (codedeploy-semantics.md, section 9). */
export const COMMAND_START_TIMEOUT_MILLISECONDS = 5 * MINUTE;
/**
 * The scripts of an event may take 3,600 s in all, after which the agent itself reports a time-out; the five minutes above are for
 * that report, and for downloads that stall.
 */
export const COMMAND_FINISH_TIMEOUT_MILLISECONDS = 65 * MINUTE;
/** Run time of an in-place deployment (codedeploy-semantics.md, section 9). */
export const IN_PLACE_TIMEOUT_MILLISECONDS = 12 * HOUR;
/** Heartbeats in a row without an acknowledged command after which the command is lost. */
export const MISSED_HEARTBEATS_UNTIL_LOST = 2;
/** Instances of one deployment. */
export const MAX_TARGETS = 1000;
/** Run time of a blue/green deployment, its waits included (codedeploy-semantics.md, section 9). */
export const BLUE_GREEN_TIMEOUT_MILLISECONDS = 109 * HOUR;
/**
 * A load balancer's longest deregistration delay is 3,600 s; the five minutes above are for balancers that cannot be reached for a
 * while.
 */
export const BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS = 65 * MINUTE;
/** A host that its load balancer does not find healthy by then has failed, whatever the balancer still hopes for. */
export const ALLOW_TRAFFIC_TIMEOUT_MILLISECONDS = 15 * MINUTE;
/**
 * After a stop, or when the run time is over, a host that is running an event has this long to report how it ended. Then the deployment
 * ends without knowing. A load balancer gets no grace: the server asks it, so the server can end that at once.
 */
export const STOP_GRACE_MILLISECONDS = MINUTE;
/** After a gap our agent reports again within 5 s, and the AWS agent gives a report up after 14 s. */
export const STOP_CATCH_UP_MILLISECONDS = 15 * SECOND;
/** A wait that is over sooner is not told: most are. */
export const WAIT_TOLD_AFTER_MILLISECONDS = 1 * SECOND;
/** A balancer whose words change (it counts sessions) is told again after this, and after a tenth of the time that it has taken. */
export const WAIT_TOLD_AGAIN_MILLISECONDS = 10 * SECOND;
export const WAIT_TOLD_AGAIN_SHARE = 0.1;
/** An agent that gives reports up does so after 14 s without a server, so that a shorter gap has lost none. */
export const LOSES_REPORTS_AFTER_MILLISECONDS = 10 * SECOND;
/** How long alarms may be unreadable before the deployment stops, unless it ignores that. */
export const ALARMS_UNREADABLE_MILLISECONDS = 20 * SECOND;
/** One whole reading, with its time-out: a server that was stopped has to read again before it says that alarms cannot be read. */
export const ALARMS_CATCH_UP_MILLISECONDS = 15 * SECOND;
/** Run time of a Lambda deployment (codedeploy-semantics.md, section 9). */
export const LAMBDA_TIMEOUT_MILLISECONDS = 50 * HOUR;
/** AWS names none for ECS: the longest waits and the longest shift, an hour for the installation and for each hook, and a rest. */
export const ECS_TIMEOUT_MILLISECONDS = 240 * HOUR;
/** In which a replacement task set has to be made and to be steady (codedeploy-semantics.md, section 9). */
export const INSTALL_TASK_SET_TIMEOUT_MILLISECONDS = 1 * HOUR;
/** In which a hook has to answer where its group does not say otherwise (codedeploy-semantics.md, section 8). */
export const HOOK_TIMEOUT_MILLISECONDS = 1 * HOUR;
/** In which a balancer, or a function's alias, has to do what it is asked. */
export const WEIGHTS_TIMEOUT_MILLISECONDS = 15 * MINUTE;
