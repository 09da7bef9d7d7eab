import { library } from "../../tsup.base.js";

export default library({
  index: "src/index.ts",
  driver: "src/driver.ts",
  wire: "src/wire/index.ts",
  memory: "src/memory/index.ts",
  winston: "src/winston.ts",
});
