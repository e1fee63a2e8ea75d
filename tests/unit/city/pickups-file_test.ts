import assert from "node:assert/strict";
import { parsePickups } from "../../../scripts/city/pickups-file.ts";

const HEADER = `"Date/Time","Lat","Lon","Base"`;

Deno.test("parsePickups() reads quoted and bare fields in the file's order", () => {
  const text =
    `${HEADER}\r\n"9/1/2014 0:01:00",40.2201,-74.0021,"B02512"\r\n9/1/2014 0:03:30, 40.75 ,-73.99,B\n\n`;
  assert.deepEqual(parsePickups(text), [
    { at: "9/1/2014 0:01", lat: 40.2201, lng: -74.0021 },
    { at: "9/1/2014 0:03:30", lat: 40.75, lng: -73.99 },
  ]);
});

Deno.test("parsePickups() finds its columns wherever they are", () => {
  const text = `\uFEFFBase,Lon,"Date/Time",Lat\n"a ""b"", c",-73.99,now,40.75`;
  assert.deepEqual(parsePickups(text), [{ at: "now", lat: 40.75, lng: -73.99 }]);
});

Deno.test("parsePickups() names the line and what is wrong with it", () => {
  assert.throws(
    () => parsePickups("a,b\n1,2"),
    /line 1 must name the columns Date\/Time, Lat, Lon/,
  );
  assert.throws(() => parsePickups(`${HEADER}\n`), /no line after the header/);
  for (const latitude of ["north", "", "91", "NaN"]) {
    assert.throws(
      () => parsePickups(`${HEADER}\nx,40,-73,B\nx,${latitude},-73,B`),
      new RegExp(`line 3 has "${latitude}" where degrees from -90 to 90`),
    );
  }
  assert.throws(() => parsePickups(`${HEADER}\nx,40`), /line 2 has ""/);
});
