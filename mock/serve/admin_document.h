/* admin_document.h — the admin API's own document; for admin.c only. */
#ifndef SERVE_ADMIN_DOCUMENT_H
#define SERVE_ADMIN_DOCUMENT_H

#include "api/route.h"
#include "serve/admin_question.h"

struct admin {
    struct arena *arena;
    struct api *api;
    struct str text; /* of admin.yaml */
    /* By the operation's place in the document. */
    void (**answers)(struct question *q);
};

/* What is wrong with the question as the document has it is told; false then. Fills
 * q->body. */
bool document_takes(struct question *q, const struct route *route);

/* An answer that the document does not declare becomes a problem with status 500 that
 * says why. */
void document_gives(struct question *q);

void admin_openapi_json(struct question *q);
void admin_openapi_yaml(struct question *q);

/* The text that the program was made with. */
struct str admin_document(void);

#endif
