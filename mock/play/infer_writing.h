/* infer_writing.h — for infer_steps.c, infer_sent.c and infer_reply.c only: one
 * operation's steps, as they are written. */
#ifndef PLAY_INFER_WRITING_H
#define PLAY_INFER_WRITING_H

#include "play/infer_parts.h"

/* One operation being written. */
struct writing {
    struct finding_out *f;
    struct arena *arena;
    struct group *g;
    const struct deed *d;
    struct record_operation *to;
    char *key; /* the expression of the key that the call gives; NULL: none */
};

enum {
    MOST_BELOW = 64, /* collections below an item that go with it */
    MOST_STEPS = MOST_PARENTS + MOST_BELOW + 6,
    MOST_FILES = 8, /* parts of one form, and what is told of one */
    MOST_SETS = MOST_PARENTS + 2 + 2 * MOST_FILES
};

/* A copy of a text, and "$request.path.NAME". */
char *writing_text(struct writing *w, const char *of);
char *writing_path(struct writing *w, const char *param);

/* The next step of the operation, empty. */
struct record_step *writing_step(struct writing *w);

/* Adds to what the step sets: `to` (taken) at `at`. */
void writing_set(struct writing *w, struct record_step *s, const char *at, char *to);

/* The expression of the instance in a request: the whole body, or the one member that
 * wraps it. NULL: it has no body. */
char *writing_sent(struct writing *w);

/* What the query says in the place of a body, and room for more. */
void writing_set_query(struct writing *w, struct record_step *s);

/* What `from` (as writing_sent gives it, or NULL) does not say by itself of an instance
 * that is made: the key among those of a parent, and what a file is like. */
void writing_set_made(struct writing *w, struct record_step *s, const char *from);

/* Whether a PUT changes what it sends and no more: it may leave out what whoever makes
 * one has to say, and there is no PATCH. */
bool writing_is_partial(struct writing *w);

/* Members that are spelled otherwise where they are sent: FriendlyName is friendly_name
 * of the instance. Room for more is left. */
void writing_set_respelled(struct writing *w, struct record_step *s, const char *from);

/* Of one that is replaced: what a body leaves out is the default again (null may be
 * meant), and what it cannot tell stays. */
void writing_set_unsaid(struct writing *w, struct record_step *s, const char *from);

/* What the operation's success answers with, of the instance bound as `one`; NULL: no
 * body. */
char *writing_body(struct writing *w);

/* Adds the step that answers with that. */
struct record_step *writing_answer(struct writing *w, int status, char *body);

/* Notes where the answer is, byte for byte, what GET of the instance says. */
void writing_whole(struct writing *w, struct record_step *s);

/* A created instance's Location, where the front would not find it by itself. */
void writing_location(struct writing *w, struct record_step *s, int status);

#endif
