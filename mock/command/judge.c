/* judge — `check --schema S --data D`: the engine alone, without an API. */
#include "api/source.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "command/command.h"
#include "command/load.h"
#include "doc/document.h"
#include "doc/pointer.h"
#include "doc/uri.h"
#include "doc/yaml.h"
#include "schema/near.h"
#include "schema/output.h"

/* Each file is read once: for its tree, and again for places in it. */
struct judging {
    const struct options *options;
    struct arena *arena;
    struct err err;
    struct map *texts; /* by name → struct str */
    const struct schema *schema;
    const cJSON *data[OPTION_LIST];
};

/* ---- files ---- */

static const char *name_of(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static const struct str *text_of(struct judging *j, const char *path)
{
    const char *name = name_of(path);
    struct str *text = map_get(j->texts, str(name));
    if (text)
        return text;
    text = arena_take(j->arena, sizeof(*text));
    if (!file_read(path, j->arena, text, &j->err))
        return NULL;
    map_put(j->texts, str(name), text);
    return text;
}

static const cJSON *read_tree(struct judging *j, const char *path)
{
    const struct str *text = text_of(j, path);
    return text ? document_parse(name_of(path), *text, j->arena, &j->err) : NULL;
}

/* "file:line:col". */
static const char *place_text(struct judging *j, const char *file, const char *pointer)
{
    unsigned line, col;
    const struct str *text = text_of(j, file);
    if (!text || !yaml_locate(*text, pointer, &line, &col))
        return file;
    return arena_printf(j->arena, "%s:%u:%u", file, line, col);
}

static void print_problems(struct judging *j)
{
    for (struct problem *p = j->err.first; p; p = p->next) {
        const struct str *text = p->at.file ? map_get(j->texts, str(p->at.file)) : NULL;
        if (text && p->at.pointer && !p->at.line)
            yaml_locate(*text, p->at.pointer, &p->at.line, &p->at.col);
    }
    problems_print(&j->err, false, stderr);
}

/* ---- the schema ---- */

/* Says what a pointer leads to as far as it leads, and what may have been meant. */
static bool leads_nowhere(struct judging *j, const char *file, const cJSON *root,
                          const char *pointer)
{
    const char *rest = pointer, *token = NULL, *next;
    const char *before = "", *near = NULL;
    const cJSON *node = root;
    unsigned least = NEAR_NOT;
    while (node && (next = pointer_token(&rest, j->arena))) {
        const cJSON *below = json_member(node, next);
        token = next;
        if (!below && json_is_array(node))
            below = pointer_get(node, pointer_join(j->arena, "", next));
        if (!below)
            break;
        before = pointer_join(j->arena, before, next);
        node = below;
    }
    for (const cJSON *m = token && json_is_object(node) ? node->child : NULL; m;
         m = m->next) {
        unsigned d = near_distance(str(m->string), str(token));
        if (d < least) {
            least = d;
            near = pointer_join(j->arena, before, m->string);
        }
    }
    struct where at = { .file = file, .pointer = before };
    return err_set(
        &j->err, at, "expected a schema at \"%.200s\", found nothing%s%.200s%s",
        pointer, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* A fragment belongs to a file's name only where there is such a file. */
static const char *split_place(struct judging *j, const char **file)
{
    const char *whole = j->options->schema, *hash = strchr(whole, '#');
    *file = whole;
    if (!hash || file_exists(whole))
        return "";
    *file = arena_copy(j->arena, (struct str){ whole, (size_t)(hash - whole) });
    return hash;
}

/* References in a schema that came from standard input start at the working folder. */
static const char *uri_of(struct judging *j, const char *path)
{
    if (strcmp(path, "-") == 0)
        return arena_printf(j->arena, "%s/-", uri_of_file(j->arena, "."));
    return uri_of_file(j->arena, path);
}

static bool find_schema(struct judging *j, struct schemas *all, const char *path,
                        const char *fragment, const cJSON *root)
{
    struct where at = { .file = name_of(path) };
    const char *why = "", *pointer = *fragment ? fragment + 1 : "";
    if (json_member(root, "openapi") && !*pointer)
        return err_set(&j->err, at,
                       "this is an OpenAPI document; name a schema in it, as in "
                       "\"%s#/components/schemas/NAME\"",
                       path);
    if (json_member(root, "swagger"))
        return err_set(&j->err, at,
                       "this is a Swagger 2.0 document; of OpenAPI, 3.0 and 3.1 are "
                       "read");
    j->schema =
        *pointer ? schemas_find(all, fragment, &why) : schemas_add(all, root, "");
    if (!j->schema && *pointer == '/')
        return leads_nowhere(j, at.file, root, pointer_of_fragment(j->arena, fragment));
    return j->schema || err_set(&j->err, at, "%s", why);
}

static bool load_schema(struct judging *j)
{
    const char *path, *fragment = split_place(j, &path);
    const cJSON *root = read_tree(j, path);
    if (!root)
        return false;
    /* What its $id makes neighbours of are files beside it. */
    const char *uri = uri_of(j, path), *id = json_member_text(root, "$id");
    const char *named = id ? uri_resolve(j->arena, uri, id) : NULL;
    struct library *library = source_library(path, named ? named : uri,
                                             j->options->allowed, j->arena, &j->err);
    struct schemas_options options = { .dialect = DIALECT_2020_12,
                                       .annotate_formats =
                                           j->options->annotate_formats };
    const struct document *document = library_add(library, uri, name_of(path), root);
    struct schemas *all = schemas_new(library, document, &options, j->arena, &j->err);
    return find_schema(j, all, path, fragment, root) && schemas_compile(all);
}

/* ---- what is said ---- */

static void print_findings(struct judging *j, const char *data,
                           const struct findings *all)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct finding *f = &all->list[i];
        printf("%s: %s%s%s (%s %s)\n", place_text(j, name_of(data), f->pointer),
               f->pointer, *f->pointer ? ": " : "", finding_text(f, j->arena),
               place_text(j, f->document->file, f->schema_pointer), f->keyword);
    }
    if (j->options->quiet)
        return;
    if (!all->count)
        printf("%s: fits\n", name_of(data));
    else
        printf("%s: does not fit, %s%zu finding%s\n", name_of(data),
               all->full ? "more than " : "", all->count, all->count == 1 ? "" : "s");
}

static bool judge(struct judging *j, size_t index)
{
    const struct options *o = j->options;
    enum output_form form = OUTPUT_FLAG;
    bool standard = o->output && output_form_read(o->output, &form);
    struct findings all = { .arena = j->arena };
    if (standard) {
        all.whole = true;
        all.limit = LIMIT_OUTPUT_FINDINGS;
    }
    bool fits =
        schema_check(j->schema, j->data[index], DIRECTION_NONE, "", j->arena, &all);
    if (standard)
        puts(json_text(output_make(form, j->schema, &all, j->arena), j->arena).ptr);
    else
        print_findings(j, o->data[index], &all);
    if (standard && all.full)
        fprintf(stderr, "understudy: %s: only the first %zu findings are shown\n",
                name_of(o->data[index]), all.count);
    return fits;
}

/* ---- the command line ---- */

static bool wrong(const char *why, const char *what)
{
    fprintf(stderr, "understudy: %s%s; understudy --help lists what there is\n", why,
            what);
    return false;
}

static bool is_understood(const struct options *o)
{
    enum output_form form;
    int inputs = o->schema && strcmp(o->schema, "-") == 0;
    for (size_t i = 0; i < o->data_count; i++)
        inputs += strcmp(o->data[i], "-") == 0;
    if (!o->schema)
        return wrong("--data and --output want --schema FILE, to judge by", "");
    if (o->spec_count)
        return wrong("--schema stands without a SPEC; name what is to be judged with "
                     "--data ",
                     o->specs[0]);
    if (!o->data_count)
        return wrong("--schema wants --data FILE, to judge", "");
    if (inputs > 1)
        return wrong("standard input (-) can be read only once", "");
    if (o->output && !output_form_read(o->output, &form))
        return wrong("--output wants flag, basic or detailed, not ", o->output);
    return true;
}

int command_judge(const struct options *o)
{
    if (!is_understood(o))
        return EXIT_BAD_INPUT;
    struct judging j = { .options = o, .arena = arena_new(LIMIT_SPEC_MEMORY) };
    int code = EXIT_BAD_INPUT;
    j.err = err_in(j.arena);
    j.texts = map_new(j.arena);
    bool ok = load_schema(&j);
    /* All mistakes are told at once, and nothing is judged unless everything can be. */
    for (size_t i = 0; i < o->data_count; i++)
        ok = (j.data[i] = read_tree(&j, o->data[i])) && ok;
    print_problems(&j);
    if (!ok || (o->strict && j.err.warnings))
        goto out;
    code = EXIT_FINE;
    for (size_t i = 0; i < o->data_count; i++)
        if (!judge(&j, i))
            code = EXIT_BROKEN;
out:
    arena_free(j.arena);
    return code;
}
