/**
 * What Redis runs to keep pools and to search them. A pool is a hash: `head`; `ids`, its trips, 36 letters and a comma
 * each; `at`, where they are, in whole metres east and north of its origin; and its rows, numbered from 1. It is
 * listed, as "key lat lng reach" with the end of its life as score, in every tile from which it can be used.
 *
 * A Redis that loses what it had, flushed or started anew, loses the marks of who is taken, and a search that was under
 * way may still know them as free. So there is a generation, lost with the rest: a pool is listed only in the one in
 * which its search began.
 */

/** Metres of a degree of latitude. */
export const METRES_PER_DEGREE = 111_195;

/**
 * Lists a pool, and strikes out what is over; not a pool of another generation. KEYS: the generation, the lists. ARGV:
 * the pool's generation, seconds of life, now, end of life (ms), member.
 */
export const listScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
for i = 2, #KEYS do
  local list = KEYS[i]
  redis.call('ZREMRANGEBYSCORE', list, '-inf', ARGV[3])
  redis.call('ZADD', list, ARGV[4], ARGV[5])
  redis.call('EXPIRE', list, ARGV[2])
end
return 1
`;

/**
 * Trip and the nearest of a pool that knows enough around it, without who is taken, in one round trip, and from the
 * primary: a replica could serve a pool without the marks that belong to it. Of the pools near the trip it takes the
 * youngest that will do. Distances here are those of a plane; the caller works out the true ones.
 *
 * KEYS: the trip, the mark that it is taken, the generation. ARGV: beginnings of the keys of lists and of marks, now
 * (ms), radius (m), how many have to be certain, how many to give, metres within which pools are shared, a generation
 * should there be none, its seconds.
 * Answers {generation, trip, head, rows as a JSON array, metres within which nobody was left out of them or ''}, or
 * {generation}.
 */
export const readScript = `
local POOLS_TO_TRY = 3
local generation = redis.call('GET', KEYS[3])
if not generation then
  generation = ARGV[8]
  redis.call('SET', KEYS[3], generation, 'EX', ARGV[9])
end
local trip = redis.call('HMGET', KEYS[1], 'data', 'tile', 'lat', 'lng')
if not (trip[1] and trip[2] and trip[3] and trip[4]) then return {generation} end
if redis.call('EXISTS', KEYS[2]) == 1 then return {generation} end
local lat, lng = tonumber(trip[3]), tonumber(trip[4])
local radius, wanted, most, shared = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])

-- Rows come nearest to the origin first. Once there are enough, within e of it, all of them are within e + away of the
-- trip: whoever is farther than e + 2 away from the origin is not among the nearest, nor is anybody after that.
local function nearest(pool, x, y, away, known)
  local near, far, count, bound = {}, {}, 0, known * known
  local farthest, last, more = 0, math.huge, false
  for east, north in string.gmatch(pool[3], '(-?%d+) (-?%d+)') do
    east, north = tonumber(east), tonumber(north)
    local out = east * east + north * north
    if count < most then
      farthest = math.max(farthest, out)
    else
      if count == most then last = (math.sqrt(farthest) + 2 * away + 10) ^ 2 end
      if out > last then
        more = true
        break
      end
    end
    count = count + 1
    local dx, dy = east - x, north - y
    local square = dx * dx + dy * dy
    local list = square <= bound and near or far
    -- One number holds distance and index, so that sorting needs no function.
    list[#list + 1] = math.floor(math.min(square, 1e12)) * 1024 + count
  end
  if #near < most then
    for _, one in ipairs(far) do near[#near + 1] = one end
  end
  table.sort(near)
  local free, certain, metres = {}, 0, 0
  for i = 1, math.min(most, count) do
    local index = near[i] % 1024
    metres = math.sqrt((near[i] - index) / 1024)
    local mark = ARGV[2] .. string.sub(pool[2], index * 37 - 36, index * 37 - 1)
    if redis.call('EXISTS', mark) == 0 then
      free[#free + 1] = index
      if metres <= known then certain = certain + 1 end
    end
  end
  local cut = ''
  -- A margin for whole metres, and for a plane instead of a sphere.
  if more or count > most then cut = tostring(math.floor(0.98 * metres) - 3) end
  return free, certain, cut
end

local tried = 0
for _, member in ipairs(redis.call('ZREVRANGEBYSCORE', ARGV[1] .. trip[2], '+inf', '(' .. ARGV[3])) do
  local key, south, west, reach = string.match(member, '^(%S+) (%S+) (%S+) (%S+)$')
  if key then
    local x = (lng - west) * ${METRES_PER_DEGREE} * math.cos(math.rad(south))
    local y = (lat - south) * ${METRES_PER_DEGREE}
    local away = math.sqrt(x * x + y * y)
    local known = reach - away
    if away <= shared and known > 0 then
      local pool = redis.call('HMGET', key, 'head', 'ids', 'at')
      if pool[1] and pool[2] and pool[3] then
        local free, certain, cut = nearest(pool, x, y, away, math.min(known, radius))
        if #free > 0 and certain >= (known >= radius and 1 or wanted) then
          local rows = redis.call('HMGET', key, unpack(free))
          for i = 1, #free do
            if not rows[i] then return {generation} end
          end
          return {generation, trip[1], pool[1], '[' .. table.concat(rows, ',') .. ']', cut}
        end
        tried = tried + 1
        if tried == POOLS_TO_TRY then return {generation} end
      end
    end
  end
end
return {generation}
`;
