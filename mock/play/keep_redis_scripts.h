/* keep_redis_scripts.h — what Redis is asked to do, each in one step; for keep_redis.c.
 *
 * A namespace has a version, one more with each commit, and the name of its line of
 * versions, which changes when everything before is forgotten. Each entry is in `moved`
 * with the version that wrote it last, or in `gone` with the one that took it: what a
 * server lacks is what has moved since, whatever happened in between, so there is no
 * log that grows. `gone` is cut; who is behind the cut (`floor`) is told the whole.
 * `done` has the last commits by the id that their server gave them. Where nothing was
 * ever kept the version is 1 and the line "". */
#ifndef PLAY_KEEP_REDIS_SCRIPTS_H
#define PLAY_KEEP_REDIS_SCRIPTS_H

/* KEYS[1] and so on, as understudy:NAMESPACE:… */
static const char *const redis_keys[] = { "head", "state", "moved", "gone", "done" };

enum script { SCRIPT_PULL, SCRIPT_COMMIT, SCRIPT_RESOLVE, SCRIPT_COUNT };

#define HEAD                                                                  \
    "local head = redis.call('HMGET', KEYS[1], 'version', 'line', 'floor')\n" \
    "local version, line = tonumber(head[1] or 1), head[2] or ''\n"           \
    "local function text(n) return string.format('%.0f', n) end\n"

static const char *const redis_scripts[SCRIPT_COUNT] = {
    /* version, line → version, line, how much, names and values, names that are gone */
    [SCRIPT_PULL] = HEAD
    "local known = tonumber(ARGV[1])\n"
    "if known == version and ARGV[2] == line then\n"
    "  return { text(version), line, 'same', {}, {} }\n"
    "end\n"
    "if ARGV[2] ~= line or known == 0 or known > version or\n"
    "   known < tonumber(head[3] or 0) then\n"
    "  return { text(version), line, 'whole', redis.call('HGETALL', KEYS[2]), {} }\n"
    "end\n"
    "local since, pairs_ = '(' .. text(known), {}\n"
    "for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], since, '+inf')) do\n"
    "  pairs_[#pairs_ + 1] = name\n"
    "  pairs_[#pairs_ + 1] = redis.call('HGET', KEYS[2], name)\n"
    "end\n"
    "return { text(version), line, 'some', pairs_,\n"
    "         redis.call('ZRANGEBYSCORE', KEYS[4], since, '+inf') }\n",

    /* version, line, id, what to forget, its prefix, namespace, how many of those there
     * may be, then "+name" and value or "-name" and "" → version and line now, or ""
     * when others were first, or "full" */
    [SCRIPT_COMMIT] = HEAD
    "if version ~= tonumber(ARGV[1]) or line ~= ARGV[2] then return { '', '' } end\n"
    "local names, new = 'understudy:namespaces', false\n"
    "if #ARGV > 7 and redis.call('SISMEMBER', names, ARGV[6]) == 0 then\n"
    "  new = true\n"
    "  if redis.call('SCARD', names) >= tonumber(ARGV[7]) then return { 'full', '' } "
    "end\n"
    "end\n"
    "version = version + 1\n"
    "if line == '' or ARGV[4] == 'all' then line = string.sub(ARGV[3], -23) end\n"
    "local function take(name)\n"
    "  redis.call('HDEL', KEYS[2], name)\n"
    "  redis.call('ZREM', KEYS[3], name)\n"
    "  redis.call('ZADD', KEYS[4], text(version), name)\n"
    "end\n"
    "if ARGV[4] == 'all' then\n"
    "  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])\n"
    "  redis.call('HSET', KEYS[1], 'floor', text(version))\n"
    "elseif ARGV[4] == 'some' then\n"
    "  for _, name in ipairs(redis.call('HKEYS', KEYS[2])) do\n"
    "    if string.sub(name, 1, #ARGV[5]) == ARGV[5] then take(name) end\n"
    "  end\n"
    "end\n"
    "for i = 8, #ARGV, 2 do\n"
    "  local name = string.sub(ARGV[i], 2)\n"
    "  if string.sub(ARGV[i], 1, 1) == '+' then\n"
    "    redis.call('HSET', KEYS[2], name, ARGV[i + 1])\n"
    "    redis.call('ZADD', KEYS[3], text(version), name)\n"
    "    redis.call('ZREM', KEYS[4], name)\n"
    "  else\n"
    "    take(name)\n"
    "  end\n"
    "end\n"
    "local many = redis.call('ZCARD', KEYS[4]) - 10000\n"
    "if many > 0 then\n"
    "  local last = redis.call('ZRANGE', KEYS[4], many + 4999, many + 4999, "
    "'WITHSCORES')\n"
    "  redis.call('ZREMRANGEBYRANK', KEYS[4], 0, many + 4999)\n"
    "  redis.call('HSET', KEYS[1], 'floor', last[2])\n"
    "end\n"
    "redis.call('ZADD', KEYS[5], text(version), ARGV[3])\n"
    "redis.call('ZREMRANGEBYRANK', KEYS[5], 0, -1001)\n"
    "redis.call('HSET', KEYS[1], 'version', text(version), 'line', line)\n"
    /* What is left of one that was deleted is for who still waits for a commit's
     * fate. */
    "if redis.call('HLEN', KEYS[2]) == 0 then\n"
    "  redis.call('SREM', names, ARGV[6])\n"
    "  for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, 3600) end\n"
    "elseif new then\n"
    "  redis.call('SADD', names, ARGV[6])\n"
    "  for _, key in ipairs(KEYS) do redis.call('PERSIST', key) end\n"
    "end\n"
    "return { text(version), line }\n",

    /* id → version and line of that commit; "" when it was not made, and never will */
    [SCRIPT_RESOLVE] =
        HEAD "local made = redis.call('ZSCORE', KEYS[5], ARGV[1])\n"
             "if made then return { text(tonumber(made)), line } end\n"
             "if line == '' then line = string.sub(ARGV[1], -23) end\n"
             "redis.call('HSET', KEYS[1], 'version', text(version + 1), 'line', line)\n"
             "if redis.call('EXISTS', KEYS[2]) == 0 then\n"
             "  redis.call('EXPIRE', KEYS[1], 3600)\n"
             "end\n"
             "return { '', '' }\n",
};

#undef HEAD

#endif
