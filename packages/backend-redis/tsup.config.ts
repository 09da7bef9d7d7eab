import { library } from "../../tsup.base.js";

const bundled = [/^@ytask-internal\//];

export default library({ index: "src/index.ts" }, { noExternal: bundled, dts: { resolve: bundled } });
