#include "api/call.h"

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    { 100, "Continue" },
    { 101, "Switching Protocols" },
    { 200, "OK" },
    { 201, "Created" },
    { 202, "Accepted" },
    { 203, "Non-Authoritative Information" },
    { 204, "No Content" },
    { 205, "Reset Content" },
    { 206, "Partial Content" },
    { 300, "Multiple Choices" },
    { 301, "Moved Permanently" },
    { 302, "Found" },
    { 303, "See Other" },
    { 304, "Not Modified" },
    { 307, "Temporary Redirect" },
    { 308, "Permanent Redirect" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 402, "Payment Required" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 407, "Proxy Authentication Required" },
    { 408, "Request Timeout" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 411, "Length Required" },
    { 412, "Precondition Failed" },
    { 413, "Content Too Large" },
    { 414, "URI Too Long" },
    { 415, "Unsupported Media Type" },
    { 416, "Range Not Satisfiable" },
    { 417, "Expectation Failed" },
    { 421, "Misdirected Request" },
    { 422, "Unprocessable Content" },
    { 424, "Failed Dependency" },
    { 426, "Upgrade Required" },
    { 428, "Precondition Required" },
    { 429, "Too Many Requests" },
    { 431, "Request Header Fields Too Large" },
    { 451, "Unavailable For Legal Reasons" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" },
    { 505, "HTTP Version Not Supported" },
    { 507, "Insufficient Storage" },
};

struct str request_header(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal_nocase(r->headers[i].name, str(name)))
            return r->headers[i].value;
    return (struct str){ NULL, 0 };
}

void response_header(struct response *r, const char *name, struct str value)
{
    if (r->header_count < RESPONSE_HEADERS)
        r->headers[r->header_count++] = (struct header){ str(name), value };
}

struct str response_header_of(const struct response *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal_nocase(r->headers[i].name, str(name)))
            return r->headers[i].value;
    return (struct str){ NULL, 0 };
}

const char *status_phrase(int status)
{
    for (size_t i = 0; i < COUNT(phrases); i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "";
}

int status_of_name(struct str name)
{
    for (size_t i = 0; i < COUNT(phrases); i++) {
        const char *p = phrases[i].phrase;
        size_t n = strlen(p), j = 0;
        if (n != name.len)
            continue;
        for (; j < n; j++) {
            char want = p[j] == ' ' || p[j] == '-' ? '_' : p[j];
            if (want >= 'A' && want <= 'Z')
                want = (char)(want + ('a' - 'A'));
            if (want != name.ptr[j])
                break;
        }
        if (j == n)
            return phrases[i].status;
    }
    return 0;
}
