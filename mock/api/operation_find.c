/* Which operation is meant, and which of its replies. */
#include "api/api.h"

static bool names(const struct operation *op, struct str text)
{
    if (str_is(text, op->id))
        return true;
    if (op->path[0] == '/' && (str_is(text, op->path + 1) || str_is(text, op->path)))
        return true;
    struct str rest = text, method;
    return str_split(&rest, ' ', &method) &&
           str_equal_nocase(method, str(op->method)) && rest.ptr &&
           str_is(rest, op->path);
}

const struct operation *api_operation(const struct api *api, struct str text,
                                      size_t *next)
{
    for (size_t i = *next; i < api->operation_count; i++)
        if (names(&api->operations[i], text)) {
            *next = i + 1;
            return &api->operations[i];
        }
    *next = api->operation_count;
    return NULL;
}

const char *api_nearest_operation(const struct api *api, struct str text)
{
    const char *best = NULL;
    unsigned least = 6;
    for (size_t i = 0; i < api->operation_count; i++) {
        const char *const tries[] = { api->operations[i].id,
                                      api->operations[i].path + 1 };
        for (size_t t = 0; t < COUNT(tries); t++) {
            unsigned d = str_distance(str(tries[t]), text);
            if (d < least) {
                least = d;
                best = tries[t];
            }
        }
    }
    return best;
}

const struct reply *operation_reply(const struct operation *op, int status)
{
    const struct reply *best = NULL;
    for (size_t i = 0; i < op->reply_count; i++) {
        const struct reply *r = &op->replies[i];
        if (status < r->low || status > r->high)
            continue;
        if (!best || r->high - r->low < best->high - best->low)
            best = r;
    }
    return best;
}

int operation_status(const struct operation *op, int low, int high)
{
    int best = 0;
    for (size_t i = 0; i < op->reply_count; i++) {
        const struct reply *r = &op->replies[i];
        if (r->low == r->high && r->low >= low && r->low <= high &&
            (!best || r->low < best))
            best = r->low;
    }
    return best;
}

/* The lowest status that starts a declared reply inside low to high; 0 if none. */
static int lowest(const struct operation *op, int low, int high)
{
    int best = 0;
    for (size_t i = 0; i < op->reply_count; i++) {
        const struct reply *r = &op->replies[i];
        if (r->low >= low && r->high <= high && (!best || r->low < best))
            best = r->low;
    }
    return best;
}

int operation_success(const struct operation *op)
{
    int status = operation_status(op, 200, 299);
    if (!status)
        status = lowest(op, 200, 299);
    if (!status && operation_reply(op, 200))
        status = 200;
    return status ? status : lowest(op, 300, 399);
}

const struct media *reply_json(const struct reply *reply)
{
    for (size_t i = 0; reply && i < reply->media_count; i++)
        if (reply->media[i].json)
            return &reply->media[i];
    return NULL;
}
