/* part.h — what a multipart request tells of one of its parts, beside the value that
 * stands in the input tree: for $part.NAME. */
#ifndef PLAY_PART_H
#define PLAY_PART_H

#include "api/call.h"
#include "doc/json.h"

/* The first part of that name, or NULL when the request has none:
 *
 *     file_name  of its Content-Disposition; absent when it has none
 *     type       its media type without parameters: as it says, else as the file name's
 *                ending does, else application/octet-stream (text/plain of no file)
 *     kind       what stands before the slash of that
 *     size       bytes
 *     digest     16 hex digits that change with the bytes
 *
 * body is the request's without Content-Encoding. From arena. */
cJSON *part_describe(const struct request *r, struct str body, const char *name,
                     struct arena *arena);

#endif
