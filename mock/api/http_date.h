/* http_date.h — dates as HTTP fields write them (RFC 9110, 5.6.7).
 *
 * IMF-fixdate is written; the two obsolete forms are read as well. Seconds are the
 * smallest unit. */
#ifndef API_HTTP_DATE_H
#define API_HTTP_DATE_H

#include "base/clock.h"

/* "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT" or
 * "Sun Nov  6 08:49:37 1994"; false when text is none of them. A year of two digits
 * that would be more than 50 years after now is of the century before. */
bool http_date_read(struct str text, clock_ms now, clock_ms *ms);

/* IMF-fixdate into out, of at least HTTP_DATE_TEXT bytes. Years 0000 to 9999. */
enum { HTTP_DATE_TEXT = 40 };
void http_date_write(clock_ms ms, char *out);

#endif
