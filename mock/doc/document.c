#include "doc/document.h"

#include "base/file.h"
#include "base/limits.h"
#include "doc/yaml.h"

cJSON *document_parse(const char *path, struct str text, struct arena *arena,
                      struct err *err)
{
    struct json_error why = { 0 };
    size_t i = 0;
    if (str_starts(text, STR("\xef\xbb\xbf")))
        text = str_from(text, 3);
    while (i < text.len && strchr(" \t\r\n", text.ptr[i]) && text.ptr[i])
        i++;
    bool json = i < text.len && (text.ptr[i] == '{' || text.ptr[i] == '[');
    cJSON *tree = json ? json_read(text, LIMIT_YAML_NODES, arena, &why)
                       : yaml_read(text, arena, &why);
    if (!tree)
        err_set(err, (struct where){ .file = path, .line = why.line, .col = why.col },
                "%s", why.why);
    return tree;
}

cJSON *document_read(const char *path, struct arena *arena, struct err *err)
{
    struct str text;
    if (!file_read(path, arena, &text, err))
        return NULL;
    return document_parse(path, text, arena, err);
}

void document_place(struct err *err)
{
    const char *file = NULL;
    struct str text = { 0 };
    struct err ignored = err_in(err->arena);
    for (struct problem *p = err->first; p; p = p->next) {
        if (!p->at.file || !p->at.pointer || p->at.line)
            continue;
        if (!file || strcmp(file, p->at.file) != 0) {
            file = p->at.file;
            if (!file_exists(file) || !file_read(file, err->arena, &text, &ignored))
                text = (struct str){ 0 };
        }
        if (text.ptr)
            yaml_locate(text, p->at.pointer, &p->at.line, &p->at.col);
    }
}
