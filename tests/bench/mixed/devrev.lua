-- DevRev: what a sync and a board ask for. Works that the load makes are numbered on from
-- the fixtures' issues, so they are changed, linked and deleted by their display ids,
-- well after the call that makes each; { operation, share, next call }.
local issues, part, owner = ids("issues"), ids("part")[1], ids("owner")[1]
local first, made, deleted, n = tonumber(ids("next-issue")[1]), 0, 0, 0
local LATER = 200 -- that many made works there are, once they are there

local function post(path, body, ...) return send("POST", path, body:format(...)) end

local function count(f)
    return function()
        n = n + 1
        return f(n)
    end
end

local create = count(function(i)
    made = made + 1
    return post("/works.create",
        '{"type":"issue","title":"Bench number %d","body":"What is to be done.","applies_to_part":"%s","owned_by":["%s"],"priority":"p%d"}',
        i, part, owner, i % 4)
end)

-- A made work that is sure to be there: far from those that are being made and deleted.
local function work(back) return "ISS-" .. first + made - LATER / 4 - back end

-- f(i), but at the beginning something has to be made.
local function later(f)
    return count(function(i) return made < LATER and create() or f(i) end)
end

return {
    { "works.get", 14, gets("/works.get?id=", issues) },
    { "works.list", 8, gets("/works.list?limit=20&type=", { "issue", "ticket", "issue&applies_to_part=" .. part }) },
    { "works.count", 2, gets("/works.count?owned_by=", ids("owners")) },
    { "parts.get", 4, gets("/parts.get?id=", ids("parts")) },
    { "parts.list", 4, gets("/parts.list?limit=20&type=", { "product", "capability", "feature" }) },
    { "links.list", 8, gets("/links.list?limit=20&object=", issues) },
    { "links.get", 3, gets("/links.get?id=", ids("links")) },
    { "timeline-entries.list", 6, gets("/timeline-entries.list?limit=20&object=", issues) },
    { "dev-users.self", 3, gets("/dev-users.self", { "" }) },
    { "accounts.get", 3, gets("/accounts.get?id=", ids("accounts")) },
    { "rev-users.list", 3, gets("/rev-users.list?limit=20", { "" }) },
    { "tags.list", 2, gets("/tags.list?limit=20", { "" }) },
    { "conversations.get", 3, gets("/conversations.get?id=", ids("conversations")) },
    { "works.create", 5, create },
    { "works.update", 9, later(function(i)
        return post("/works.update", '{"id":"%s","title":"Bench, changed by %d"}', work(i % 64), i)
    end) },
    { "works.delete", 5, later(function()
        if made - deleted <= LATER then return create() end
        deleted = deleted + 1
        return post("/works.delete", '{"id":"ISS-%d"}', first + deleted - 1)
    end) },
    { "timeline-entries.create", 7, later(function(i)
        return post("/timeline-entries.create",
            '{"object":"%s","type":"timeline_comment","body":"Bench says %d."}', work(i % 64), i)
    end) },
    { "links.create", 8, later(function()
        return post("/links.create", '{"link_type":"is_related_to","source":"%s","target":"%s"}', work(0), work(1))
    end) },
    { "tags.create", 1, count(function(i) return post("/tags.create", '{"name":"bench-%d"}', i) end) },
    { "parts.update", 2, count(function(i)
        return post("/parts.update", '{"id":"%s","description":"Bench, changed by %d"}', part, i)
    end) },
}
