import { mapPacked } from "../collections/map-packed.js";
import { quote } from "../values/encode.js";
import {
  asFields,
  type Fields,
  field,
  integerField,
  integerText,
  listField,
  Malformed,
  textField,
  textsField,
} from "../wire/fields.js";
import { Result, type ResultFields } from "./result.js";
import { Status, type StepState, type WorkflowState } from "./status.js";

const stepStates: readonly string[] = ["waiting", "running", "success", "failure", "expired", "abort"];

/**
 * Reads a result that the Go original (v2, v3) or this library stored.
 *
 * @throws Malformed, with the field that is wrong
 */
export function parseResult(text: string): Result {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Malformed("not JSON", { cause });
  }
  const fields = asFields(json, "the result");
  const status = integerField(fields, "Status");
  if (status < Status.Sent || status > Status.Abort) throw new Malformed(`Status ${status} is unknown`);
  const extra = field(fields, "Extra") ?? undefined;
  return new Result({
    id: textField(fields, "Id"),
    status: status as Status,
    returned: textsField(fields, "FuncReturn"),
    retryCount: integerField(fields, "RetryCount"),
    workflow: parseWorkflow(fields),
    error: textField(fields, "Err"),
    executionId:
      extra === undefined ? undefined : textField(asFields(extra, "Extra"), "Execution") || undefined,
  });
}

/** The same for callers that can do without a result: undefined if there is no text, or it cannot be read. */
export function readResult(text: string | undefined): Result | undefined {
  try {
    return text === undefined ? undefined : parseResult(text);
  } catch {
    return undefined;
  }
}

function parseWorkflow(fields: Fields): WorkflowState[] | undefined {
  return listField(fields, "Workflow")?.map((step) => {
    const [name, state] = Array.isArray(step) ? step : [];
    if (typeof name !== "string" || !stepStates.includes(state))
      throw new Malformed("a step of Workflow is not known");
    return { name, status: state as StepState };
  });
}

/** Writes a result as the Go original's v3 does, byte for byte, with this library's `Extra` where there is one. */
export function serializeResult(result: ResultFields): string {
  const { returned } = result;
  const values = returned === undefined ? "null" : `[${mapPacked(returned, quote).join(",")}]`;
  return `{"Id":${quote(result.id)},"Status":${result.status},"FuncReturn":${values}${serializeRest(result)}`;
}

const plainRest = ',"RetryCount":0,"Workflow":null,"Err":""}';

/** Writes what follows the values. Most results have nothing to say there, and many are written. */
function serializeRest(result: ResultFields): string {
  const { retryCount = 0, workflow, error = "", executionId } = result;
  if (retryCount === 0 && !workflow?.length && error === "" && executionId === undefined) return plainRest;
  const steps = workflow?.length
    ? `[${workflow.map((step) => `[${quote(step.name)},"${step.status}"]`).join(",")}]`
    : "null";
  const extra = executionId === undefined ? "" : `,"Extra":{"Execution":${quote(executionId)}}`;
  return `,"RetryCount":${integerText(retryCount)},"Workflow":${steps},"Err":${quote(error)}${extra}}`;
}
