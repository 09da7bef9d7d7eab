/**
 * Lua: `read_all()` returns the values of all KEYS, false or nil for a missing one, and whether that is the whole
 * truth: for MGET a key of another type does not exist, and only the number of existing keys gives it away. This takes
 * two commands for any number of keys, and mostly one, since there is hardly ever an abort flag.
 */
export const readAll = `
local function read_all()
  local existing = redis.call('EXISTS', unpack(KEYS))
  if existing == 0 then return {}, true end
  local values = redis.call('MGET', unpack(KEYS))
  for i = 1, #KEYS do
    if values[i] then existing = existing - 1 end
  end
  return values, existing == 0
end`;
