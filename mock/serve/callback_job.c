#include "serve/callback_job.h"

#include <stdlib.h>

/* Texts one behind the other: counted first, then copied. */
struct packer {
    char *to; /* NULL: only counted */
    size_t bytes;
};

static void put(struct packer *p, struct str text)
{
    p->bytes += text.len;
    if (!p->to || !text.len)
        return;
    memcpy(p->to, text.ptr, text.len);
    p->to += text.len;
}

static const char *pack(struct packer *p, struct str text)
{
    const char *start = p->to;
    put(p, text);
    put(p, (struct str){ "", 1 });
    return start;
}

static const char *pack_line(struct packer *p, struct str name, struct str value)
{
    char *start = p->to;
    put(p, name);
    put(p, STR(": "));
    pack(p, value);
    for (char *c = start; c && *c; c++) /* no value ends its line early */
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return start;
}

static void pack_all(struct packer *p, struct job *job, const struct posting *from,
                     const char *namespace)
{
    job->namespace = pack(p, str(namespace));
    job->key = pack(p, str(from->key ? from->key : ""));
    job->name = pack(p, str(from->name));
    job->expression = pack(p, str(from->expression));
    job->method = pack(p, str(from->method));
    job->url = pack(p, from->url.ptr ? from->url : STR(""));
    job->why = pack(p, str(from->why));
    for (size_t i = 0; i < from->header_count; i++) {
        const char *line = pack_line(p, from->headers[i].name, from->headers[i].value);
        if (job->lines)
            job->lines[job->line_count++] = line;
    }
    if (from->content_type) {
        const char *line = pack_line(p, STR("Content-Type"), str(from->content_type));
        if (job->lines)
            job->lines[job->line_count++] = line;
    }
    if (from->body.ptr)
        job->body = (struct str){ pack(p, from->body), from->body.len };
}

struct job *job_new(const struct posting *from, const char *namespace)
{
    struct job blank = { .next = NULL };
    struct packer p = { .to = NULL };
    size_t waits = from->retry_count * sizeof(clock_ms);
    size_t lines = (from->header_count + 1) * sizeof(char *);
    pack_all(&p, &blank, from, namespace);
    size_t bytes = sizeof(struct job) + waits + lines + p.bytes;
    struct job *job = malloc(bytes);
    if (!job)
        return NULL;
    *job = (struct job){ .bytes = bytes,
                         .operation = from->operation,
                         .within_ms = from->within_ms,
                         .retry_count = from->retry_count,
                         .attempt = 1,
                         .listens = from->listens,
                         .webhook = from->webhook };
    job->retries = (clock_ms *)(void *)(job + 1);
    if (waits)
        memcpy(job->retries, from->retries, waits);
    job->lines = (const char **)(void *)(job->retries + from->retry_count);
    p.to = (char *)(job->lines + from->header_count + 1);
    pack_all(&p, job, from, namespace);
    return job;
}
