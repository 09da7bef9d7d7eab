import { Script } from "@ytask-internal/redis-connection";
import { readAll } from "./read-all.js";

/**
 * Stores values, one after the other, and announces those that somebody may wait for. A value counts as finished if
 * `isFinished` of @ytask/core/driver says so.
 *
 * KEYS the key of each entry
 * ARGV when the caller gives up, by Redis' clock in ms ("" never); what the name of a channel begins with; how all
 *      entries are stored, or "" where that differs; then for each entry its value, and behind it, where it differs, how:
 *      a code, "a" always, "p" unless present, "f" unless finished, in capitals where it is to be announced, and
 *      behind it the seconds until it expires, or nothing for never
 * Returns Redis' time in ms; one code for each entry: "s" stored, "k" kept, "e" error; and the errors. The codes are
 * false if the caller had given up before, and nothing was done.
 */
export const set = new Script(`
${readAll}
local keys, args, command = KEYS, ARGV, redis.pcall
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if args[1] ~= '' and now >= tonumber(args[1]) then return { now, false } end
local function is_finished(text)
  local _, colon = string.find(text, '"Status":', 1, true)
  if colon and string.find(text, '^[0123],', colon + 1) then return false end
  if not string.find(text, '"Status"%s*:%s*[4567]%f[%D]') then return false end
  if not string.find(text, '"Status"%s*:%s*4%f[%D]') then return true end
  return not (string.find(text, ',%s*"waiting"%s*%]') or string.find(text, ',%s*"running"%s*%]'))
end
local function parse(settings)
  local code, seconds = string.sub(settings, 1, 1), string.sub(settings, 2)
  local small = string.lower(code)
  -- Not by order, which depends on the locale that Redis was started in.
  return small, small ~= code, seconds ~= '' and seconds
end
-- How the entry at hand is stored.
local is_common, how, is_announced, seconds = args[3] ~= ''
if is_common then how, is_announced, seconds = parse(args[3]) end
local present, is_complete, written
if not is_common or how == 'f' then
  present, is_complete = read_all()
  written = {}
end
local function before(i, key)
  if written[key] or not is_complete then return command('GET', key) end
  return present[i]
end
local function store(i, key, value)
  if how == 'f' then
    local found = before(i, key)
    if type(found) == 'table' then return found end
    if found and is_finished(found) then return false end
  end
  if written then written[key] = true end
  if how == 'p' then
    if seconds then return command('SET', key, value, 'NX', 'EX', seconds) end
    return command('SET', key, value, 'NX')
  end
  if seconds then return command('SET', key, value, 'EX', seconds) end
  return command('SET', key, value)
end
local codes, reply = {}, { now, '' }
for i, key in ipairs(keys) do
  local value
  if is_common then value = args[3 + i]
  else
    value = args[2 * i + 2]
    how, is_announced, seconds = parse(args[2 * i + 3])
  end
  local result = store(i, key, value)
  if not result then codes[i] = 'k'
  elseif result.err then
    codes[i] = 'e'
    reply[#reply + 1] = result.err
  else
    codes[i] = 's'
    -- A user who may not publish can still store; waiters then poll.
    if is_announced then command('PUBLISH', args[2] .. key, '') end
  end
end
reply[2] = table.concat(codes)
return reply`);
