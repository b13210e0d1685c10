/* resource.h — what schemas name, and where a reference leads.
 *
 * A resource is a schema with a URI of its own ($id), or a whole document. Anchors name
 * places in one. Follows JSON Schema 2020-12 core, sections 8.2 and 9, and what earlier
 * drafts had in their place (id, $id: "#name", $recursiveAnchor). */
#ifndef SCHEMA_RESOURCE_H
#define SCHEMA_RESOURCE_H

#include "base/error.h"
#include "base/map.h"
#include "schema/dialect.h"

struct resource {
    const char *uri;
    const struct document *document;
    const cJSON *root;
    const char *pointer; /* of root, in its document */
    struct language language;
    struct map *anchors; /* name → struct resource_anchor; NULL when there are none */
    bool dynamic;        /* some of them are dynamic, or $recursiveAnchor is true */
};

/* A node of a document, and the resource that it is in. */
struct resource_place {
    const cJSON *node;
    const char *pointer; /* in the document of the resource */
    const struct resource *resource;
};

struct resource_anchor {
    struct resource_place at;
    bool dynamic;
};

/* What a $recursiveAnchor is called among the anchors; no anchor can have that name. */
#define RESOURCE_RECURSIVE "$recursive"

struct resources;

/* All is borrowed. What is found wrong ($schema not known, two schemas with one $id) is
 * told to err. */
struct resources *resources_new(struct library *library, struct arena *arena,
                                struct err *err);

/* The resource that is the whole document; language is its, unless the document says
 * otherwise. Made at the first call for a document. */
const struct resource *resources_whole(struct resources *all,
                                       const struct document *document,
                                       struct language language);

/* Notes what the schema at place and those in it name. Costs nothing in a document
 * that names nothing, or for a schema that was noted before. */
void resources_note(struct resources *all, const struct resource_place *place);

/* The resource that node is in, where `outer` is the one around it. */
const struct resource *resources_of(const struct resources *all, const cJSON *node,
                                    const struct resource *outer);

/* Where reference, written in resource from, leads. False with *why (borrowed from the
 * arena) when it leads nowhere. */
bool resources_find(struct resources *all, const struct resource *from,
                    const char *reference, struct resource_place *place,
                    const char **why);

/* Every resource that has the dynamic anchor; false past the last. */
bool resources_with_anchor(const struct resources *all, const char *anchor,
                           size_t index, struct resource_place *place);

#endif
