/** The part of the Standard Schema interface (version 1, standardschema.dev) that is used here: zod, valibot and arktype implement it. */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema found wrong, as a line: where, and what. */
export function describeIssues(issues: readonly SchemaIssue[]): string {
  const found = issues.map((issue) => ({ path: pathOf(issue), message: issue.message }));
  const text = found
    .map(({ path, message }) => (path.length === 0 ? message : `args.${path.join(".")}: ${message}`))
    .join("; ");
  const areOfArguments = found.every(({ path: [first = ""] }) => /^\d+$/.test(first));
  // A schema of one argument finds a list where it wants that argument.
  return areOfArguments ? text : `${text} (a schema checks the list of arguments, as z.tuple([…]) does)`;
}

/** A copy by `map` would be of the path's class: arktype's has a constructor that takes a length for an item. */
const pathOf = ({ path = [] }: SchemaIssue): readonly string[] =>
  Array.from(path, (part) => String(typeof part === "object" ? part.key : part));

export function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const standard = (value as { readonly "~standard"?: { readonly validate?: unknown } | null })["~standard"];
  return typeof standard?.validate === "function";
}
