/**
 * The status of a finished result. A string inside the JSON cannot look like it, because its quotes are escaped. It
 * also matches status 4 while a workflow still has steps waiting: a Go server stores 4 after each step.
 */
const finishedStatus = /"Status"\s*:\s*[4567](?!\d)/;
/** Status 4, which counts as finished only if no workflow step is waiting or running. */
const successStatus = /"Status"\s*:\s*4(?!\d)/;
/** A workflow step that is waiting or running: the end of `["name","waiting"]`. */
const unfinishedStep = /,\s*"(?:waiting|running)"\s*\]/;

const statusName = '"Status":';

/** Whether the text of a stored result says that the task is finished: it succeeded, failed, expired or was aborted. */
export function isFinished(text: string): boolean {
  // As both sides write it, the status is a single digit right after the name. The patterns are for what others write.
  const name = text.indexOf(statusName);
  const status = text[name + statusName.length];
  if (name !== -1 && status !== undefined && text[name + statusName.length + 1] === ",") {
    if (status >= "0" && status <= "3") return false;
    if (status >= "5" && status <= "7") return true;
    if (status === "4") return !unfinishedStep.test(text);
  }
  return finishedStatus.test(text) && !(successStatus.test(text) && unfinishedStep.test(text));
}
