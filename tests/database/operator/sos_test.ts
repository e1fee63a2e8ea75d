import assert from "node:assert/strict";
import { chatTest } from "../chat/support/chat-test.ts";
import { codeOf } from "../support/outcome.ts";
import { rideIn } from "../support/rides.ts";
import {
  acknowledgeBy,
  actionsOf,
  alertsFor,
  callForHelp,
  newOperator,
} from "./support/operator.ts";

chatTest(
  "operator_sos() has those nobody took up first, the oldest of them on top",
  async ({ sql }) => {
    const operator = await newOperator(sql);
    const alerts: string[] = [];
    for (const minutes of [5, 9, 2, 90, 3000]) {
      const alert = await callForHelp(sql, await rideIn(sql, "in_progress"));
      await sql`
      update mobility.sos_alerts set created_at = now() - make_interval(mins => ${minutes})
      where id = ${alert}`;
      alerts.push(alert);
    }
    const [five, nine, two, taken, old] = alerts;
    for (const alert of [taken, old]) await acknowledgeBy(sql, operator, { alert: alert ?? "" });
    await sql`
    update mobility.sos_alerts set acknowledged_at = now() - interval '25 hours' where id = ${
      old ?? ""
    }`;
    assert.deepEqual((await alertsFor(sql, operator)).map(({ alert_id }) => alert_id), [
      nine,
      five,
      two,
      taken,
    ]);
  },
);

chatTest("operator_sos() tells who calls, whom with, and where", async ({ sql }) => {
  const ride = await rideIn(sql, "in_progress");
  await sql`
    update mobility.profiles set display_name = 'Aline', phone = '+250788000001'
    where user_id = ${ride.passenger_user_id}`;
  await sql`
    update mobility.profiles set display_name = 'Jean', phone = '+250788000002'
    where user_id = ${ride.driver_user_id}`;
  await callForHelp(sql, ride);
  const [alert] = await alertsFor(sql, null);
  assert.deepEqual(
    [alert?.side, alert?.name, alert?.phone, alert?.other_name, alert?.other_phone, alert?.lat],
    ["passenger", "Aline", "+250788000001", "Jean", "+250788000002", -1.95],
  );
  assert.equal(alert?.match_status, "in_progress");
});

chatTest(
  "acknowledge_sos() names the operator, whom the service may name, and keeps the first",
  async ({ sql }) => {
    const claire = await newOperator(sql, "Claire");
    const alert = await callForHelp(sql, await rideIn(sql, "in_progress"));
    const first = await acknowledgeBy(sql, claire, { alert, by: "Somebody else" });
    assert.equal(first.acknowledged_by, "Claire");
    const second = await acknowledgeBy(sql, null, { alert, by: "Eve" });
    assert.deepEqual([second.acknowledged_by, second.acknowledged_at], [
      "Claire",
      first.acknowledged_at,
    ]);
    assert.deepEqual((await actionsOf(sql, alert)).map(({ operator_name }) => operator_name), [
      "Claire",
    ]);
    const other = await callForHelp(sql, await rideIn(sql, "in_progress"));
    assert.equal(
      (await acknowledgeBy(sql, null, { alert: other, by: "Eve" })).acknowledged_by,
      "Eve",
    );
    assert.equal(
      await codeOf(acknowledgeBy(sql, null, { alert: crypto.randomUUID() })),
      "ALERT_NOT_FOUND",
    );
  },
);
