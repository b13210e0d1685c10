/* clock.h — the time of day as the mock sees it, in milliseconds since 1970 (UTC).
 *
 * A clock runs with the system's, or is held still at the moment that --now gave. Each
 * namespace adds its own offset, which the admin API moves. Dates are RFC 3339, in the
 * proleptic Gregorian calendar, years 0000 to 9999. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

#include <stdatomic.h>
#include <stdint.h>

typedef int64_t clock_ms;

/* Where a namespace's time may be: the years 0000 to 9999, less one at either end for
 * what is added to the time. */
#define CLOCK_EARLIEST ((clock_ms)-62135596800000)
#define CLOCK_LATEST ((clock_ms)253370764800000)

struct clock {
    bool still; /* held at `at` */
    clock_ms at;
};

clock_ms clock_now(const struct clock *c);

/* Time for measuring how long something took; never goes back; not a date. */
uint64_t clock_monotonic_us(void);

/* Returns after so many milliseconds, or soon after *stop has become true. */
void clock_wait(int64_t ms, const atomic_bool *stop);

/* Parses an RFC 3339 date-time ("2026-01-01T00:00:00Z"); false when it is none. A leap
 * second (":60") is taken as the second after. Digits past milliseconds are dropped. */
bool clock_read(struct str text, clock_ms *ms);

/* "2026-01-01T00:00:00" + "." and digits (0 to 9) + utc ("Z" or "+00:00") into out, of
 * at least CLOCK_TEXT bytes. Digits past the third are zeros. */
enum { CLOCK_TEXT = 48 };
void clock_write(clock_ms ms, unsigned digits, const char *utc, char *out);

/* A date-time in the same form: in UTC, with so many digits of a second, which are cut
 * or filled up; without an offset it is taken as UTC already. False, with out
 * undefined, when text is none, or its year in UTC has not four digits. */
bool clock_rewrite(struct str text, unsigned digits, const char *utc, char *out);

/* Parses a duration: digits and a unit, "250ms", "5s", "2m", "1h", "7d", or plain
 * digits for milliseconds; at most LIMIT_DURATION_MS. False when it is none. */
bool clock_duration(struct str text, clock_ms *ms);

#endif
