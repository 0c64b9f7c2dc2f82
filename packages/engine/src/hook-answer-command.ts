/** What a person runs to answer for a hook, to be pasted. The ids are of Sluice and of ECS and Lambda names: no shell reads more in them. */
export function hookAnswerCommand(deploymentId: string, executionId: string): string {
  return `aws deploy put-lifecycle-event-hook-execution-status --deployment-id ${deploymentId} --lifecycle-event-hook-execution-id ${word(executionId)} --status Succeeded`;
}

function word(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
