/* sample_set.h — the parts of a pattern that stand for sets of code points, and one of
 * them drawn. Only for sample_pattern.c. */
#ifndef SCHEMA_SAMPLE_SET_H
#define SCHEMA_SAMPLE_SET_H

#include "base/chance.h"

enum { SET_RANGES = 96, SET_NONE = 0x110000 };

struct set {
    struct {
        uint32_t low, high;
    } ranges[SET_RANGES];
    unsigned count;
    bool others; /* all but these */
};

void set_add(struct set *s, uint32_t low, uint32_t high);

/* One part of a pattern: *at is its first byte and is left behind its last. False for
 * what is not understood. A class starts behind its [, an escape behind its \. */
bool set_class(const char **at, struct set *s);
bool set_escape(const char **at, struct set *s, bool in_class);
bool set_char(const char **at, struct set *s);

/* A code point of the set, one that reads well where there is one; SET_NONE when none
 * was found. */
uint32_t set_draw(const struct set *s, struct chance *chance);

#endif
