/* page.h — one list under way: its rows, its cursors, and what it tells of itself; for
 * page*.c only. */
#ifndef PLAY_PAGE_H
#define PLAY_PAGE_H

#include "play/run.h"

struct paging {
    struct run *run;
    const struct step *step;
    size_t c;
    struct store_sort sorts[STORE_SORTS];
    size_t sort_count;
    bool round;    /* not sorted, and what was made last comes first */
    size_t *slots; /* of the page */
    size_t count;
    size_t total; /* instances on all pages, where that is asked for */
    size_t limit, skip;
    bool before;       /* the page ends where the cursor stands */
    bool earlier, cut; /* there are instances before the page, behind it */
};

/* An instance among others, and what they are sorted by. */
struct row {
    size_t slot;
    const cJSON *values[STORE_SORTS];
    const struct paging *paging;
};

/* ---- page.c ---- */

/* Borrowed from the store. */
struct row page_row(const struct paging *p, size_t slot);

/* ---- page_cursor.c ---- */

/* A cursor is opaque to clients: slot and key of the row it stands at and what it was
 * sorted by, as hexadecimal JSON. The key finds the row after others came and went; the
 * rest, when it went itself. */
cJSON *page_cursor(const struct paging *p, size_t slot);

/* The row that a cursor stands at; false when text is none that was given out. It may
 * also be a key, as where a page is asked for by the last id of the one before. */
bool page_cursor_read(const struct paging *p, const char *text, struct row *row);

/* ---- page_told.c ---- */

/* The page whose rows were found, with all that docs/fixtures.md says of it. */
cJSON *page_told(struct paging *p, size_t number);

#endif
