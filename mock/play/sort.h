/* sort.h — what a list is to be sorted by, as a call or a fixture says it.
 *
 *     name  -name  +name  name:desc  name desc  stage.name  age,-name  ["age", "-name"]
 *
 * A word that names no member leaves the order as it is: sort_examine tells the client,
 * sort_check the author of a fixture. */
#ifndef PLAY_SORT_H
#define PLAY_SORT_H

#include "base/error.h"
#include "play/behaviour.h"

struct step;

/* What a list step sorts by in this call: its members, at most STORE_SORTS, in by.
 * Returns how many; where there is none, *round is whether the order in which instances
 * were made is turned round, as by a direction alone ("desc"). Borrowed from the
 * scope's arena and the plan. */
size_t sort_read(const struct behaviour *b, const struct step *list, struct scope *s,
                 struct store_sort *by, bool *round);

/* Adds a finding for each word of s->input that a list of the operation is to be sorted
 * by and that names no member of what it lists. What the document names itself (enum,
 * default, an example) is right whatever it means. Of s only arena, operation, request,
 * body and input are looked at; no lock need be held. */
void sort_examine(const struct behaviour *b, struct scope *s, struct findings *told);

/* Of a list step whose sort is written out: an error at `at` for each such word. */
void sort_check(const struct behaviour *b, const struct step *list, struct arena *arena,
                struct err *err, struct where at);

#endif
