import assert from "node:assert/strict";
import { startTemporaryPostgres } from "../../../scripts/postgres/temporary-postgres.ts";
import { SimulatedClock } from "../../../scripts/simulate/simulated-clock.ts";
import { withConnection } from "../../../scripts/postgres/test-server.ts";
import { simulationTest } from "./support/simulation-test.ts";

simulationTest(
  "SimulatedClock is PostgreSQL's time: it stands still until it is moved",
  async () => {
    const clock = await SimulatedClock.create(Date.UTC(2026, 2, 2, 5));
    try {
      await using server = await startTemporaryPostgres({ clockFile: clock.file });
      await withConnection(server.url, async (sql) => {
        const now = async (): Promise<string> =>
          (await sql<{ now: string }[]>`
          select to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS.MS') as now`)[0]?.now ?? "";
        assert.equal(await now(), "2026-03-02 05:00:00.000");
        assert.equal(await now(), "2026-03-02 05:00:00.000");
        clock.advanceTo(Date.UTC(2026, 2, 2, 17, 30) + 7);
        assert.equal(await now(), "2026-03-02 17:30:00.007");
        for (let ms = 8; ms < 50; ms++) {
          clock.advanceTo(Date.UTC(2026, 2, 2, 17, 30) + ms);
          assert.equal(await now(), `2026-03-02 17:30:00.${String(ms).padStart(3, "0")}`);
        }
      });
    } finally {
      await clock.close();
    }
  },
);
