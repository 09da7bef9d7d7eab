import { ErrorCode, YTaskError } from "../errors.js";
import { decodeValue } from "../values/decode.js";
import { has64Bits } from "../values/integers.js";
import { Status, type WorkflowState } from "./status.js";

/** The fields of a stored result. */
export interface ResultFields {
  readonly id: string;
  readonly status: Status;
  /** Each value as JSON text; undefined if there is none. */
  readonly returned?: readonly string[] | undefined;
  readonly retryCount?: number | undefined;
  readonly workflow?: readonly WorkflowState[] | undefined;
  readonly error?: string | undefined;
  /** As in the `Extra` of a message. */
  readonly executionId?: string | undefined;
}

/** The indices of a tuple; any number for a list of unknown length. */
export type IndexOf<Values extends readonly unknown[]> = Values extends unknown
  ? number extends Values["length"]
    ? number
    : Exclude<Partial<Values>["length"], Values["length"]>
  : never;

/** The status of a task, and what it returned. */
export class Result<Values extends readonly unknown[] = readonly unknown[]> {
  readonly id: string;
  readonly status: Status;
  /** How many retries were made. */
  readonly retryCount: number;
  /** The steps of a workflow, in their order; empty for a plain task. */
  readonly workflow: readonly WorkflowState[];
  /** Why the task failed or was aborted; undefined if it did not, or no reason was given. */
  readonly error: string | undefined;
  /** Which execution of a redriven task this result is from; undefined for the first. */
  readonly executionId: string | undefined;
  /** Each value as the JSON text that crossed; undefined where there is none. */
  readonly returned: readonly string[] | undefined;

  constructor(fields: ResultFields) {
    this.id = fields.id;
    this.status = fields.status;
    this.retryCount = fields.retryCount ?? 0;
    this.workflow = fields.workflow ?? [];
    this.error = fields.error || undefined;
    this.executionId = fields.executionId;
    this.returned = fields.returned;
  }

  /** Whether the task succeeded; for a workflow, all of it. */
  isSuccess(): boolean {
    return this.status === Status.Success && this.#stepsAreDone();
  }

  /** Whether it failed. An expired or aborted task did not. */
  isFailure(): boolean {
    return this.status === Status.Failure;
  }

  /** Whether nothing more will happen: it succeeded, failed, expired or was aborted. */
  isFinished(): boolean {
    return this.status >= Status.Failure || this.isSuccess();
  }

  /** A Go server stores Success after each step of a workflow. It is a success only if no step is left. */
  #stepsAreDone(): boolean {
    return this.workflow.every((step) => step.status !== "waiting" && step.status !== "running");
  }

  /**
   * All values; none for a task that returned none.
   * @throws YTaskError `NilResult` where the task did not succeed
   */
  values(): Values {
    // The type is the caller's word for what the task returns: the wire carries no types.
    return this.#texts().map((text, index) => decodeValue(text, "values", index)) as unknown as Values;
  }

  /**
   * The value at an index.
   * @throws YTaskError `NilResult` where there are no values, `OutOfRange` past the last
   */
  get<Index extends IndexOf<Values>>(index: Index): Values[Index] {
    return this.#decode(index);
  }

  /**
   * The value at an index as a 64-bit integer, signed or unsigned.
   * @throws YTaskError `UnsupportedType` where it is not a whole number of 64 bits; else as `get`
   */
  getInt64(index: number): bigint {
    const value = this.#decode(index);
    if (typeof value === "bigint") return value;
    if (typeof value === "number" && Number.isInteger(value) && has64Bits(BigInt(value)))
      return BigInt(value);
    throw wrongType(index, "a whole number of 64 bits", value);
  }

  /**
   * The value at an index as a number; a bigint is rounded.
   * @throws YTaskError `UnsupportedType` where it is not a number; else as `get`
   */
  getNumber(index: number): number {
    const value = this.#decode(index);
    if (typeof value === "number" || typeof value === "bigint") return Number(value);
    throw wrongType(index, "a number", value);
  }

  /** @throws YTaskError `UnsupportedType` where it is not a boolean; else as `get` */
  getBool(index: number): boolean {
    const value = this.#decode(index);
    if (typeof value === "boolean") return value;
    throw wrongType(index, "a boolean", value);
  }

  /** @throws YTaskError `UnsupportedType` where it is not a string; else as `get` */
  getString(index: number): string {
    const value = this.#decode(index);
    if (typeof value === "string") return value;
    throw wrongType(index, "a string", value);
  }

  // The type is the caller's word, as in `values`.
  #decode<Value>(index: number): Value {
    const texts = this.#texts();
    if (texts.length === 0)
      throw new YTaskError(
        ErrorCode.NilResult,
        `task ${this.id} returned no value, or its values are not kept (resultExpires: 0)`,
      );
    const text = texts[index];
    if (text === undefined)
      throw new YTaskError(
        ErrorCode.OutOfRange,
        `value ${index} of task ${this.id} was asked for; it has ${texts.length}`,
      );
    return decodeValue(text, "values", index) as Value;
  }

  #texts(): readonly string[] {
    if (this.returned !== undefined) return this.returned;
    if (this.isSuccess()) return [];
    throw new YTaskError(
      ErrorCode.NilResult,
      `task ${this.id} has no values: its status is ${this.status}; check isSuccess() first`,
    );
  }
}

const wrongType = (index: number, wanted: string, value: unknown): YTaskError =>
  new YTaskError(
    ErrorCode.UnsupportedType,
    `value ${index} is not ${wanted} but ${value === null ? "null" : typeof value}`,
  );
