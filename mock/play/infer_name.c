#include "play/infer_parts.h"

const char *name_plain(struct arena *arena, struct str name)
{
    char *out = arena_copy(arena, name);
    size_t n = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c >= 'A' && c <= 'Z')
            out[n++] = (char)(c + ('a' - 'A'));
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[n++] = c;
    }
    out[n] = '\0';
    return out;
}

static bool ends(struct str s, const char *with)
{
    size_t n = strlen(with);
    return s.len > n && strcmp(s.ptr + s.len - n, with) == 0;
}

const char *name_singular(struct arena *arena, struct str name)
{
    static const struct {
        const char *many, *one;
    } odd[] = { { "people", "person" }, { "children", "child" }, { "men", "man" },
                { "women", "woman" },   { "mice", "mouse" },     { "indices", "index" },
                { "indexes", "index" }, { "vertices", "vertex" } };
    static const char *const hissing[] = {
        "sses", "xes", "ches", "shes", "zzes", "uses"
    };
    struct str plain = str(name_plain(arena, name));
    for (size_t i = 0; i < COUNT(odd); i++)
        if (str_is(plain, odd[i].many))
            return odd[i].one;
    if (ends(plain, "ies") && plain.len > 4)
        return arena_printf(arena, "%.*sy", (int)plain.len - 3, plain.ptr);
    for (size_t i = 0; i < COUNT(hissing); i++)
        if (ends(plain, hissing[i]))
            return arena_copy(arena, (struct str){ plain.ptr, plain.len - 2 });
    if (ends(plain, "s") && !ends(plain, "ss") && !ends(plain, "us") &&
        !ends(plain, "is"))
        return arena_copy(arena, (struct str){ plain.ptr, plain.len - 1 });
    return plain.ptr;
}

bool name_is_same(struct arena *arena, struct str a, struct str b)
{
    return strcmp(name_singular(arena, a), name_singular(arena, b)) == 0;
}

bool name_is_one_of(const char *plain, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(plain, list[i]) == 0)
            return true;
    return false;
}
