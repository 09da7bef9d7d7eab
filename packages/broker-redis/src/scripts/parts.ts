/**
 * Pieces of Lua that several scripts share.
 *
 * If one of its commands fails, what a script has done before stays done: Redis may be full, or refuse the user a
 * command. So each script stores a message at its new place before it removes it from the old one: at worst it is there
 * twice. Each script that removes something begins with an empty removal: this shows whether it may, and lets what
 * follows happen in a full Redis. Each script that sends begins with an empty addition, which a full Redis refuses.
 */

/**
 * `give_lease(leases, consumers, name, ms)` and `end_lease(leases, consumers, name)`.
 * Needs `now`. A consumer is in both keys. One that is in only one of them, because a script failed between the two, is
 * still found.
 */
export const leases = `
local function give_lease(leases, consumers, name, ms)
  redis.call('ZADD', consumers, ms, name)
  redis.call('ZADD', leases, now + tonumber(ms), name)
end
local function end_lease(leases, consumers, name)
  redis.call('ZREM', consumers, name)
  redis.call('ZREM', leases, name)
end`;

/** `now`: Redis' own clock in milliseconds, rounded down. */
export const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * `push_all(command, key, list, first, last)`: a list, or from `first` to `last` of it; in pieces, since unpack has a limit
 * of about 8,000.
 */
export const pushAll = `
local function push_all(command, key, list, first, last)
  last = last or #list
  for from = first or 1, last, 5000 do
    redis.call(command, key, unpack(list, from, math.min(from + 4999, last)))
  end
end`;

/** After this many bytes a call takes or moves no more: it has to end within its bound, and should not hold up others. */
export const mostBytes = 4_000_000;

/**
 * `fit(count, bytes, most)`: how many more bodies to take after `count` bodies of `bytes` in all, if `most` bytes are
 * wanted. 20 at first; after that, as many as fit if they are as long as those before.
 */
export const fit = `
local function fit(count, bytes, most)
  if bytes == 0 then return 20 end
  return math.max(1, math.floor((most - bytes) * count / bytes))
end`;

/**
 * `gather(queue, arrived)`: puts what a blocking move parked back at the queue's head. It is older than the rest, so
 * until then the head is not the next in line.
 */
export const gather = `
local function gather(queue, arrived)
  while redis.call('LMOVE', arrived, queue, 'RIGHT', 'LEFT') do end
end`;

/**
 * `count_of(text)`: a count of redeliveries, or nil if it is none: keys may hold foreign entries, and one of these must
 * not stop all others.
 */
export const countOf = `
local function count_of(text)
  return text and #text < 7 and string.find(text, '^%d+$') and tonumber(text) or nil
end`;

/**
 * `redeliveries(token)`: the count that follows a token's dot; none is 0. Needs, and brings, `count_of`.
 */
export const redeliveries = `${countOf}
local function redeliveries(token)
  return count_of(string.match(token, '%.(.*)$')) or 0
end`;

/**
 * `to_head(queue, arrived, returned, tokens, bodies)`: to the head, in order. Into the queue itself if no count has to
 * be kept, so that every reader of it, Go's too, may take them. Needs `redeliveries` and `gather`.
 */
export const toHead = `
local function to_head(queue, arrived, returned, tokens, bodies)
  local counted = redis.call('LLEN', returned) > 0
  for i = 1, #tokens do
    if redeliveries(tokens[i]) > 0 then counted = true end
  end
  if not counted then gather(queue, arrived) end
  for i = #tokens, 1, -1 do
    if counted then redis.call('LPUSH', returned, redeliveries(tokens[i]) .. ':' .. bodies[i])
    else redis.call('LPUSH', queue, bodies[i]) end
  end
end`;

/**
 * `piece(hash, which)`: tokens and bodies of a consumer's hash in the order of delivery, and how many more there are.
 * If there is a lot, only as much as one call should move: the "first" of them or the "last".
 */
export const piece = `
local function piece(hash, which)
  local all, number = redis.call('HKEYS', hash), {}
  for _, token in ipairs(all) do number[token] = tonumber(string.match(token, '^%d+') or 0) end
  table.sort(all, function(a, b) return number[a] < number[b] end)
  local at, step = 1, 1
  if which == 'last' then at, step = #all, -1 end
  local count, bytes, body_of = 0, 0, {}
  while all[at] and bytes < ${mostBytes} do
    local body = redis.call('HGET', hash, all[at])
    body_of[all[at]] = body
    bytes = bytes + #body
    count = count + 1
    at = at + step
  end
  local first = which == 'last' and #all - count or 0
  local tokens, bodies = {}, {}
  for i = 1, count do
    tokens[i] = all[first + i]
    bodies[i] = body_of[tokens[i]]
  end
  return tokens, bodies, #all - count
end`;

/**
 * `hold_back(delayed, delay, where, unique, number, body)`: until `delay` ms from now, rounded up, so never early.
 * Needs `now`. Members with the same due time are sorted by their text, so the text begins with the time and a number;
 * `unique` keeps identical bodies apart.
 */
export const holdBack = `
local function hold_back(delayed, delay, where, unique, number, body)
  local due = now + tonumber(delay)
  if time[2] % 1000 > 0 then due = due + 1 end
  local place = string.format('%s%06d.%05d.', time[1], time[2], number)
  redis.call('ZADD', delayed, due, place .. unique .. where .. ':' .. body)
end`;
