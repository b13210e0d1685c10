/* The other way of body_xml.c: what is written here is read there as the same value. */
#include "api/body_parts.h"

struct writing {
    struct buffer *b;
    bool fits; /* every name is one of XML */
};

static void write_value(struct writing *w, const char *name, const struct shape *s,
                        const cJSON *value, int depth);

static bool is_scalar(const cJSON *v)
{
    return !json_is_object(v) && !json_is_array(v);
}

static struct str scalar_text(struct writing *w, const cJSON *v)
{
    return json_is_string(v) ? str(v->valuestring)
           : json_is_null(v) ? STR("")
                             : json_text(v, w->b->arena);
}

static void write_name(struct writing *w, const char *name, const struct shape *s)
{
    w->fits = w->fits && xml_is_name(str(name)) &&
              (!s || !s->prefix || xml_is_name(str(s->prefix)));
    if (s && s->prefix)
        buffer_printf(w->b, "%s:", s->prefix);
    buffer_add_text(w->b, name);
}

static void write_space(struct writing *w, const struct shape *s)
{
    if (!s || !s->space)
        return;
    buffer_add_text(w->b, " xmlns");
    if (s->prefix)
        buffer_printf(w->b, ":%s", s->prefix);
    buffer_add_text(w->b, "=\"");
    xml_escape(w->b, str(s->space));
    buffer_add_char(w->b, '"');
}

static void write_attributes(struct writing *w, const struct shape *s,
                             const cJSON *object)
{
    for (const cJSON *m = object->child; m; m = m->next) {
        const struct shape *member = shape_member(s, str(m->string));
        if (!member || !member->attribute || !is_scalar(m))
            continue;
        write_space(w, member->prefix ? member : NULL);
        buffer_add_char(w->b, ' ');
        write_name(w, member->name ? member->name : m->string, member);
        buffer_add_text(w->b, "=\"");
        xml_escape(w->b, scalar_text(w, m));
        buffer_add_char(w->b, '"');
    }
}

static void write_members(struct writing *w, const struct shape *s, const cJSON *object,
                          int depth)
{
    for (const cJSON *m = object->child; m; m = m->next) {
        const struct shape *member = shape_member(s, str(m->string));
        if (member && member->attribute && is_scalar(m))
            continue;
        if (member && member->text && is_scalar(m)) {
            xml_escape(w->b, scalar_text(w, m));
            continue;
        }
        const struct shape *item = member ? member->items : NULL;
        const char *name = member && member->name ? member->name : m->string;
        if (!json_is_array(m)) {
            write_value(w, name, member, m, depth);
        } else if (member && member->wrapped) {
            write_value(w, name, member, m, depth);
        } else {
            for (const cJSON *one = m->child; one; one = one->next)
                write_value(w, item && item->name ? item->name : m->string, item, one,
                            depth);
        }
    }
}

static void write_inside(struct writing *w, const char *name, const struct shape *s,
                         const cJSON *value, int depth)
{
    const struct shape *item = s ? s->items : NULL;
    if (json_is_object(value)) {
        write_members(w, s, value, depth);
    } else if (json_is_array(value)) {
        for (const cJSON *one = value->child; one; one = one->next)
            write_value(w,
                        item && item->name        ? item->name
                        : item && item->component ? item->component
                                                  : name,
                        item, one, depth);
    } else {
        xml_escape(w->b, scalar_text(w, value));
    }
}

static void write_value(struct writing *w, const char *name, const struct shape *s,
                        const cJSON *value, int depth)
{
    if (depth > LIMIT_DEPTH) {
        w->fits = false;
        return;
    }
    buffer_add_char(w->b, '<');
    write_name(w, name, s);
    write_space(w, s);
    if (json_is_object(value))
        write_attributes(w, s, value);
    if (json_is_null(value)) {
        buffer_add_text(w->b,
                        " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                        "xsi:nil=\"true\"/>");
        return;
    }
    buffer_add_char(w->b, '>');
    write_inside(w, name, s, value, depth + 1);
    buffer_add_text(w->b, "</");
    write_name(w, name, s);
    buffer_add_char(w->b, '>');
}

bool xml_body_write(struct buffer *b, const struct shape *s, const cJSON *value)
{
    struct writing w = { .b = b, .fits = true };
    const char *name = s && s->name        ? s->name
                       : s && s->component ? s->component
                                           : "root";
    buffer_add_text(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    write_value(&w, name, s, value, 1);
    return w.fits && !b->full;
}
