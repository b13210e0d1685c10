#include "play/export.h"

static void add_name(struct buffer *b, bool first, const char *name)
{
    if (!first)
        buffer_add_char(b, ',');
    json_write(b, json_string(b->arena, str(name)));
    buffer_add_char(b, ':');
}

static void export_collection(const struct store *s, size_t c, struct buffer *b)
{
    bool first = true;
    buffer_add_char(b, '[');
    for (size_t slot = 0; slot < store_slots(s, c) && !b->full; slot++) {
        const cJSON *tree = store_get(s, c, slot);
        if (!tree)
            continue;
        if (!first)
            buffer_add_char(b, ',');
        json_write(b, tree);
        first = false;
    }
    buffer_add_char(b, ']');
}

static void export_api(const struct behaviour *behaviour, const struct store *s,
                       struct buffer *b)
{
    buffer_add_text(b, "{\"collections\":{");
    for (size_t c = 0; c < behaviour->plan.collection_count; c++) {
        add_name(b, c == 0, behaviour->plan.collections[c].name);
        export_collection(s, c, b);
    }
    buffer_add_text(b, "},\"sequences\":{");
    for (size_t i = 0; i < behaviour->plan.sequence_count; i++) {
        add_name(b, i == 0, behaviour->sequences[i]);
        buffer_printf(b, "%lld", (long long)store_sequence(s, i));
    }
    buffer_add_text(b, "}}");
}

void namespace_export(const struct world *w, const struct namespace *ns,
                      struct buffer *b)
{
    buffer_printf(b, "{\"clock_offset_ms\":%lld,\"apis\":{",
                  (long long)ns->clock_offset);
    for (size_t i = 0; i < w->cast.count; i++) {
        add_name(b, i == 0, w->cast.apis[i]->name);
        export_api(w->behaviours[i], ns->stores[i], b);
    }
    buffer_add_text(b, "}}");
}
