/**
 * The pattern of a finished result's text, for stores that can match it themselves. A string inside the JSON cannot
 * look like it, since its quotes are escaped. It matches status 4 too where a workflow still waits: a Go server
 * stores 4 after each step. So a store must also find that `UNFINISHED_STEP` does not match, as `isFinished` does.
 */
export const FINISHED_STATUS = /"Status"\s*:\s*[4567](?!\d)/;
/** Status 4, which counts as finished only where no workflow step waits or runs. */
export const SUCCESS_STATUS = /"Status"\s*:\s*4(?!\d)/;
/** A workflow step that waits or runs: the end of `["name","waiting"]`. */
export const UNFINISHED_STEP = /,\s*"(?:waiting|running)"\s*\]/;

/** Whether the text of a stored result says that the task is finished: it succeeded, failed, expired or was aborted. */
export const isFinished = (text: string): boolean =>
  FINISHED_STATUS.test(text) && !(SUCCESS_STATUS.test(text) && UNFINISHED_STEP.test(text));
