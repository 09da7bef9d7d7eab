import { expect, it } from "vitest";
import { compile } from "../src/compile.js";
import { pages } from "../src/pages.js";

const wrong = compile(pages.filter(({ blocks }) => blocks.length > 0));

it.each([...wrong].map(([page, errors]) => ({ path: page.path, errors })))(
  "the code in $path compiles, strictly",
  ({ errors }) => {
    expect(errors).toEqual([]);
  },
);
