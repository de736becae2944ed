// Node. What a probe does: tests/clients/client_programs.py.
const { DuckDBInstance } = require("@duckdb/node-api");
const lines = require("node:readline").createInterface({ input: process.stdin });

async function answer(query) {
  const instance = await DuckDBInstance.create(process.argv[2], { access_mode: "READ_ONLY" });
  try {
    const connection = await instance.connect();
    return (await connection.runAndReadAll(query)).getRowObjectsJson();
  } finally {
    instance.closeSync();
  }
}

(async () => {
  for await (const query of lines) {
    console.log(JSON.stringify(await answer(query).catch((error) => ({ error: error.message }))));
  }
})();
