import { CallerFault } from "../caller-fault.ts";

export function invalidStyle(message: string): CallerFault {
  return new CallerFault("InvalidDeploymentStyleException", message);
}

export function invalidBlueGreen(message: string): CallerFault {
  return new CallerFault("InvalidBlueGreenDeploymentConfigurationException", message);
}
