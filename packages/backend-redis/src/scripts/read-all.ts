/**
 * Lua: `read_all()` returns the values of all KEYS, false or nil where there is none, and whether that is all there is
 * to tell: a key of another type is not there for MGET, which only the number of keys that exist gives away. Two
 * commands for any number of keys, and mostly one: hardly an abort flag exists.
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
