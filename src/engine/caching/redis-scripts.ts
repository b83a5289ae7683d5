/**
 * What is done in one step on the server, so that several processes share one bound and one count. The keys of a layer, all
 * in one slot of a cluster: the values, each a string of its own, named `PREFIX:v:DIGEST`; `PREFIX:used`, the digests by last
 * use; `PREFIX:bytes`, the size of each; `PREFIX:count`, the fields `bytes` and `turn`.
 */
const FORGET = `
local function forget(digest)
  local size = tonumber(redis.call('HGET', bytes, digest) or '0')
  redis.call('HDEL', bytes, digest)
  redis.call('ZREM', used, digest)
  if size > 0 then redis.call('HINCRBY', count, 'bytes', -size) end
  return redis.call('DEL', prefix .. ':v:' .. digest)
end`;

const NAMES = `
local prefix, used, bytes, count = KEYS[1], KEYS[1] .. ':used', KEYS[1] .. ':bytes', KEYS[1] .. ':count'`;

const STATE = `
local function state()
  return {redis.call('ZCARD', used), tonumber(redis.call('HGET', count, 'bytes') or '0')}
end`;

/** Gives the value or nil, and the layer's state. ARGV: digest. */
export const GET = `${NAMES}${FORGET}${STATE}
local value = redis.call('GET', prefix .. ':v:' .. ARGV[1])
if value then
  redis.call('ZADD', used, redis.call('HINCRBY', count, 'turn', 1), ARGV[1])
elseif redis.call('ZSCORE', used, ARGV[1]) then
  forget(ARGV[1])
end
local now = state()
return {value, now[1], now[2]}`;

/** Forgets a value that its reader found past its time or unreadable. ARGV: digest. */
export const FORGET_ONE = `${NAMES}${FORGET}${STATE}
forget(ARGV[1])
return state()`;

/**
 * Gives the layer's state, and how many values had to go for this one. ARGV: digest, value, milliseconds to live (0: for ever),
 * most entries, most bytes, bytes beside the value.
 */
export const SET = `${NAMES}${FORGET}${STATE}
forget(ARGV[1])
local size = #ARGV[2] + tonumber(ARGV[6])
local evicted = 0
local most = tonumber(ARGV[5])
if size <= most then
  local name = prefix .. ':v:' .. ARGV[1]
  if tonumber(ARGV[3]) > 0 then
    redis.call('SET', name, ARGV[2], 'PX', ARGV[3])
  else
    redis.call('SET', name, ARGV[2])
  end
  redis.call('ZADD', used, redis.call('HINCRBY', count, 'turn', 1), ARGV[1])
  redis.call('HSET', bytes, ARGV[1], size)
  local total = redis.call('HINCRBY', count, 'bytes', size)
  while redis.call('ZCARD', used) > tonumber(ARGV[4]) or total > most do
    local oldest = redis.call('ZRANGE', used, 0, 0)[1]
    if not oldest then break end
    evicted = evicted + forget(oldest)
    total = tonumber(redis.call('HGET', count, 'bytes'))
  end
end
local now = state()
return {now[1], now[2], evicted}`;

/** ARGV: none. In pieces, so that a large layer does not hold up the server: returns what is left. */
export const CLEAR = `${NAMES}${FORGET}${STATE}
for _, digest in ipairs(redis.call('ZRANGE', used, 0, 999)) do forget(digest) end
return state()`;
