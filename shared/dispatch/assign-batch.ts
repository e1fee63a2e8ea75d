import { munkres } from "munkres";

/** A driver who could take a request. */
export interface Candidate {
  readonly trip_id: string;
  /** Seconds to the pickup. */
  readonly eta_s: number;
  /** Seconds since the driver came online, or ended the last ride. */
  readonly idle_s: number;
}

/** A passenger's request that waits to be assigned. */
export interface WaitingRequest {
  readonly dispatch_id: string;
  readonly waited_s: number;
  readonly candidates: readonly Candidate[];
}

/** What a batch came to for one request. */
export interface AssignedRequest {
  readonly dispatch_id: string;
  /** The driver's trip it was assigned; null when there are too few. */
  readonly assigned: string | null;
  /** Whom it is offered to, in this order; null: it waits for the next batch. */
  readonly trip_ids: readonly string[] | null;
}

/** What nobody's approach costs: a request is left without a driver only when there is none for it. */
const UNSERVED_S = 36_000;
const IMPOSSIBLE = 1e9;
/** Who had no driver waits this long for one who is only looking at another offer. */
const PATIENCE_S = 30;
/** A driver's wait counts up to here, or one who waits far out would be sent for from everywhere. */
const LONGEST_IDLE_S = 1_800;

/**
 * Assigns drivers to requests, each at most once, so that as many requests as possible have one and the sum of the
 * approaches is the smallest (exactly, by the Hungarian method), a driver's approach counting `idleCreditS` seconds
 * less for each minute without a ride. The order of each request's list: whoever it was assigned, then those who
 * are left over, then those assigned to others; each part by the same cost. Requests that were assigned somebody
 * come first.
 */
export function assignBatch(
  requests: readonly WaitingRequest[],
  { idleCreditS }: { idleCreditS: number },
): AssignedRequest[] {
  const cost = (candidate: Candidate): number =>
    candidate.eta_s - idleCreditS * Math.min(candidate.idle_s, LONGEST_IDLE_S) / 60;
  const assigned = new Map<string, string>();
  for (const group of groupsOf(requests)) {
    for (const [request, driver] of assignGroup(group, cost)) assigned.set(request, driver);
  }
  const taken = new Set(assigned.values());
  const orders = requests.map(({ dispatch_id, waited_s, candidates }) => {
    const own = assigned.get(dispatch_id) ?? null;
    const place = ({ trip_id }: Candidate): number =>
      trip_id === own ? 0 : taken.has(trip_id) ? 2 : 1;
    const waits = own === null && candidates.length > 0 && waited_s < PATIENCE_S;
    return {
      dispatch_id,
      assigned: own,
      trip_ids: waits ? null : candidates
        .toSorted((a, b) => place(a) - place(b) || cost(a) - cost(b))
        .map(({ trip_id }) => trip_id),
    };
  });
  return orders.toSorted((a, b) => Number(a.assigned === null) - Number(b.assigned === null));
}

/** Requests that share no driver, directly or through others, are problems of their own: small ones. */
function groupsOf(requests: readonly WaitingRequest[]): WaitingRequest[][] {
  const parent = requests.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== undefined && parent[at] !== at) at = parent[at] ?? at;
    return at;
  };
  const firstOf = new Map<string, number>();
  requests.forEach(({ candidates }, index) => {
    for (const { trip_id } of candidates) {
      const first = firstOf.get(trip_id);
      if (first === undefined) firstOf.set(trip_id, index);
      else parent[root(index)] = root(first);
    }
  });
  return [...Map.groupBy(requests.keys(), root).values()]
    .map((indexes) => indexes.flatMap((index) => requests[index] ?? []));
}

/** Pairs of request and driver. Each request has a column of its own, for going without. */
function assignGroup(
  requests: readonly WaitingRequest[],
  cost: (candidate: Candidate) => number,
): [string, string][] {
  const drivers = [
    ...new Set(requests.flatMap(({ candidates }) => candidates.map((c) => c.trip_id))),
  ];
  const columnOf = new Map(drivers.map((driver, column) => [driver, column]));
  const matrix = requests.map(({ candidates, waited_s }, row) => {
    const costs = new Array<number>(drivers.length + requests.length).fill(IMPOSSIBLE);
    for (const candidate of candidates) {
      const column = columnOf.get(candidate.trip_id);
      if (column !== undefined) costs[column] = cost(candidate);
    }
    // Where there are too few drivers, who has waited longer is served first.
    costs[drivers.length + row] = UNSERVED_S + waited_s;
    return costs;
  });
  return munkres(matrix).flatMap(([row, column]) => {
    const request = requests[row];
    const driver = drivers[column];
    return request === undefined || driver === undefined ? [] : [[request.dispatch_id, driver]];
  });
}
