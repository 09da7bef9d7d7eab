/** Tasks of a module, as `import * as greetings` gives them. */
export const greet = (): string => "hello";
