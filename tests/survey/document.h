/* document.h — one document, called in every way that it describes. */
#ifndef SURVEY_DOCUMENT_H
#define SURVEY_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

struct survey {
    size_t documents, skipped, loaded, operations;
    size_t calls, answered, valid;       /* calls that fit */
    size_t unsaid;                       /* … that could not be written */
    size_t mutations, refused, accepted; /* that could be written, and what came */
    size_t unwritable, otherwise; /* no form on the wire; read as another, valid call */
};

/* Adds what was found to all, and prints the rest with its reasons. */
void survey_document(const char *path, struct survey *all);

/* Calls operations at random over 64 connections for so many seconds. False when
 * memory grew, an answer was a 5xx that nobody declared or a connection hung. */
bool survey_soak(char **paths, int count, unsigned seconds);

/* The file cut off at every so many bytes: each loads, or ends in an error. */
bool survey_cut(const char *path, size_t every);

#endif
