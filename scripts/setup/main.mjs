/**
 * Runs a command-line program: its exit code becomes this process's. An error shows as its message and exits with 1.
 *
 * @param {() => Promise<number>} program
 */
export const main = async (program) => {
  try {
    process.exitCode = await program();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
};
