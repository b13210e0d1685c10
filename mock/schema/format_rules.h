/* format_rules.h — the grammars behind format.h: whether a text is one of each.
 *
 * All are whole-text questions, ASCII but for what a quoted RFC allows; C0 80
 * (doc/json.h) is in none of them. Only for format.c. */
#ifndef SCHEMA_FORMAT_RULES_H
#define SCHEMA_FORMAT_RULES_H

#include "base/str.h"

/* format_time.c: RFC 3339, section 5.6 and appendix A. */
bool format_is_date(struct str text);
bool format_is_time(struct str text);
bool format_is_date_time(struct str text);
bool format_is_duration(struct str text);

/* format_net.c: RFC 1123 (2.1), 2673 (3.2), 4291 (2.2) and 5321 (4.1.2). */
bool format_is_hostname(struct str text);
bool format_is_ipv4(struct str text);
bool format_is_ipv6(struct str text);
bool format_is_email(struct str text);

/* format_uri.c: RFC 3986, appendix A. */
bool format_is_uri(struct str text);
bool format_is_uri_reference(struct str text);

#endif
