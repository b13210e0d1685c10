#include "schema/dialect.h"

#include "doc/uri.h"

static const struct known {
    enum dialect dialect;
    const char *name, *uri;
} known[] = {
    { DIALECT_4, "JSON Schema draft 4", "http://json-schema.org/draft-04/schema" },
    { DIALECT_6, "JSON Schema draft 6", "http://json-schema.org/draft-06/schema" },
    { DIALECT_7, "JSON Schema draft 7", "http://json-schema.org/draft-07/schema" },
    { DIALECT_2019_09, "JSON Schema 2019-09",
      "https://json-schema.org/draft/2019-09/schema" },
    { DIALECT_2020_12, "JSON Schema 2020-12",
      "https://json-schema.org/draft/2020-12/schema" },
    { DIALECT_OPENAPI_30, "OpenAPI 3.0", "https://spec.openapis.org/oas/3.0/schema" },
    { DIALECT_OPENAPI_31, "OpenAPI 3.1",
      "https://spec.openapis.org/oas/3.1/dialect/base" },
};

static const struct {
    const char *uri;
    unsigned bits;
} vocabularies[] = {
    { "https://json-schema.org/draft/2020-12/vocab/core", VOCABULARY_CORE },
    { "https://json-schema.org/draft/2020-12/vocab/applicator", VOCABULARY_APPLICATOR },
    { "https://json-schema.org/draft/2020-12/vocab/unevaluated",
      VOCABULARY_UNEVALUATED },
    { "https://json-schema.org/draft/2020-12/vocab/validation", VOCABULARY_VALIDATION },
    { "https://json-schema.org/draft/2020-12/vocab/meta-data", VOCABULARY_METADATA },
    { "https://json-schema.org/draft/2020-12/vocab/format-annotation",
      VOCABULARY_FORMAT },
    { "https://json-schema.org/draft/2020-12/vocab/format-assertion",
      VOCABULARY_FORMAT | VOCABULARY_FORMAT_ASSERTION },
    { "https://json-schema.org/draft/2020-12/vocab/content", VOCABULARY_CONTENT },
    { "https://json-schema.org/draft/2019-09/vocab/core", VOCABULARY_CORE },
    { "https://json-schema.org/draft/2019-09/vocab/applicator",
      VOCABULARY_APPLICATOR | VOCABULARY_UNEVALUATED },
    { "https://json-schema.org/draft/2019-09/vocab/validation", VOCABULARY_VALIDATION },
    { "https://json-schema.org/draft/2019-09/vocab/meta-data", VOCABULARY_METADATA },
    { "https://json-schema.org/draft/2019-09/vocab/format", VOCABULARY_FORMAT },
    { "https://json-schema.org/draft/2019-09/vocab/content", VOCABULARY_CONTENT },
    { "https://spec.openapis.org/oas/3.1/vocab/base", VOCABULARY_OPENAPI },
};

/* Metaschemas of metaschemas are followed no further than this. */
enum { DEEPEST = 8 };

const char *dialect_name(enum dialect dialect)
{
    return known[dialect].name;
}

bool dialect_refs_stand_alone(enum dialect dialect)
{
    return dialect <= DIALECT_7 || dialect == DIALECT_OPENAPI_30;
}

bool dialect_bounds_are_flags(enum dialect dialect)
{
    return dialect == DIALECT_4 || dialect == DIALECT_OPENAPI_30;
}

bool dialect_has_boolean_schemas(enum dialect dialect)
{
    return dialect != DIALECT_4 && dialect != DIALECT_OPENAPI_30;
}

const char *dialect_id_keyword(enum dialect dialect)
{
    return dialect == DIALECT_4 ? "id" : "$id";
}

/* The part of a URI that says which one it is: http and https mean the same here. */
static const char *after_scheme(const char *uri)
{
    const char *rest = strstr(uri, "://");
    return rest && strncmp(uri, "http", 4) == 0 ? rest : uri;
}

static bool is_known(const char *uri, struct language *language)
{
    static const char openapi[] = "://spec.openapis.org/oas/3.";
    const char *rest = after_scheme(uri);
    *language = (struct language){ DIALECT_2020_12, VOCABULARY_ALL };
    for (size_t i = 0; i < COUNT(known); i++)
        if (strcmp(rest, after_scheme(known[i].uri)) == 0) {
            language->dialect = known[i].dialect;
            return true;
        }
    /* The 3.1 and 3.2 dialects are published under dates, too. */
    language->dialect = DIALECT_OPENAPI_31;
    return strncmp(rest, openapi, sizeof(openapi) - 1) == 0 &&
           strstr(rest, "/dialect/");
}

static bool add_vocabularies(const cJSON *list, struct arena *arena,
                             struct language *language, const char **why)
{
    language->vocabularies = VOCABULARY_CORE;
    for (const cJSON *one = list->child; one; one = one->next) {
        unsigned bits = 0;
        for (size_t i = 0; i < COUNT(vocabularies); i++)
            if (strcmp(one->string, vocabularies[i].uri) == 0)
                bits = vocabularies[i].bits;
        language->vocabularies |= bits;
        if (!bits && json_is_true(one)) {
            *why = arena_printf(arena,
                                "it needs the vocabulary \"%.200s\", which is not "
                                "known here",
                                one->string);
            return false;
        }
    }
    return true;
}

static bool find(const char *uri, struct library *library, struct arena *arena,
                 int depth, struct language *language, const char **why)
{
    const char *plain = uri_resolve(arena, "", uri);
    if (plain && is_known(plain, language))
        return true;
    const struct document *meta = plain ? library_find(library, plain, why) : NULL;
    if (!meta) {
        if (!plain)
            *why = "it is no URI";
        return false;
    }
    const char *of = json_member_text(meta->root, "$schema");
    *language = (struct language){ DIALECT_2020_12, VOCABULARY_ALL };
    if (of && (depth >= DEEPEST || !find(of, library, arena, depth + 1, language, why)))
        return false;
    const cJSON *list = json_member(meta->root, "$vocabulary");
    return !json_is_object(list) || add_vocabularies(list, arena, language, why);
}

bool dialect_of(const char *uri, struct library *library, struct arena *arena,
                struct language *language, const char **why)
{
    return find(uri, library, arena, 0, language, why);
}
