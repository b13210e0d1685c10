/* limits.h — every bound of the program, each with the reason for its number.
 * Reaching one is an ordinary error with an ordinary message. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stddef.h>

/* Specs are megabytes. Naming a disk image by mistake should fail at once. */
#define LIMIT_FILE_BYTES ((size_t)64 * 1024 * 1024)

/* What one document may grow to as a tree: sixteen times the largest file. */
#define LIMIT_SPEC_MEMORY ((size_t)1024 * 1024 * 1024)

/* One call: its body as a tree, its findings, its answer. */
#define LIMIT_CALL_MEMORY ((size_t)256 * 1024 * 1024)

/* A folder of specs or scenarios holds dozens of files, not a file system. */
#define LIMIT_FOLDER_FILES 1000

/* The largest public description in many files has under three thousand of them. */
#define LIMIT_DOCUMENTS 10000

/* Folders that --watch looks at: more than the largest description has, and a part of
 * the 8192 watches that a system gives one user at the least. */
#define LIMIT_WATCHES 4096

/* A reader stops reading long before; the count still tells how many there are. */
#define LIMIT_PROBLEMS 200
#define LIMIT_PROBLEM_TEXT 1024

/* Deeper than any hand-written document, shallow enough for recursion on a thread's
 * stack. */
#define LIMIT_DEPTH 256

/* YAML aliases expand; a few lines can name a billion nodes. The largest published
 * OpenAPI documents have about a million. */
#define LIMIT_YAML_NODES 8000000

/* A JSON number longer than this is an attack, not a quantity. */
#define LIMIT_NUMBER_DIGITS 4096

/* The body of one request unless --max-body says otherwise. */
#define LIMIT_BODY_BYTES ((size_t)4 * 1024 * 1024)

/* A body may say `[[],[],…]`: 64 bytes of tree for 3 bytes of text. */
#define LIMIT_BODY_NODES 1000000

/* Codings in one Content-Encoding; nobody packs a body more than twice. What each may
 * come to is the bound of a body. */
#define LIMIT_CODINGS 4

/* Elements and attributes of one XML body: two hundred bytes of tree for the four of
 * <a/>. */
#define LIMIT_XML_NODES 250000

/* Attributes in one tag, namespaces in force at once, and different names: libxml2
 * looks for each among all the others. */
#define LIMIT_XML_ATTRIBUTES 256
#define LIMIT_XML_SPACES 256
#define LIMIT_XML_NAMES 10000

/* Names and values in one form, and parts in one multipart body, as PHP and Django have
 * it: each is looked up by name. */
#define LIMIT_FORM_VALUES 1000
#define LIMIT_PARTS 1000

/* Names in brackets, as in a[b][c]; a client's objects are not deeper. */
#define LIMIT_FORM_DEPTH 16

/* The header fields of one part. Three are usual. */
#define LIMIT_PART_HEAD_BYTES 8192
#define LIMIT_PART_HEADERS 32

/* Filters, parentheses and calls inside each other in a JSONPath query; people write
 * two or three. Each may go through the whole depth of a tree once more on the stack.
 */
#define LIMIT_JSONPATH_DEPTH 16

/* Segments, selectors and expressions of one query. */
#define LIMIT_JSONPATH_PARTS 1000

/* Nodes that one query may select: as many as the largest documents have. */
#define LIMIT_JSONPATH_RESULTS 1000000

/* Nodes that the queries of one overlay may look at, some seconds' worth: hundreds of
 * times all of the largest documents. */
#define LIMIT_JSONPATH_STEPS ((size_t)200 * 1000 * 1000)

/* Values that one overlay may add to a document: the largest documents have as many. */
#define LIMIT_OVERLAY_NODES 1000000

/* Request line and header fields together. */
#define LIMIT_HEAD_BYTES (32 * 1024)

/* One header field that a document gives an answer; more is no field but a body. */
#define LIMIT_FIELD_BYTES ((size_t)4 * 1024)

/* civetweb keeps 64 header fields and drops what follows without a word, so a request
 * with as many is refused. */
#define LIMIT_HEADERS 64

/* Path segments and values in one template; the longest published have under 15. */
#define LIMIT_PATH_PARAMS 32

/* Values in one query; a head could hold sixteen thousand, each looked up by name. */
#define LIMIT_QUERY_VALUES 1000

/* Brackets in one name of a query, as in a[b][c]; objects in queries are flat or nearly
 * so. */
#define LIMIT_PARAM_DEPTH 16

/* Undeclared query parameters of one call for which the nearest declared name is looked
 * for. */
#define LIMIT_NEAREST_NAMES 8

/* Media ranges read from Accept; browsers send under ten. */
#define LIMIT_ACCEPT_RANGES 64

/* A file that an example's externalValue names: a page of JSON or a picture. */
#define LIMIT_EXAMPLE_BYTES ((size_t)4 * 1024 * 1024)

/* Findings told about one call: enough to mend a client with. */
#define LIMIT_FINDINGS 64

/* Findings of one value when all are asked for (`check --output`): more than a tool can
 * want, and still megabytes, not gigabytes. */
#define LIMIT_OUTPUT_FINDINGS 10000

/* Branches that are asked once more to tell which came nearest: branches inside
 * branches multiply, and each keeps what it found. Past it, only that none fits is
 * told. */
#define LIMIT_BRANCHES_ASKED 4096

/* Words that are compared to find the one that was meant: each costs up to four
 * thousand steps, and a body may have a million members. */
#define LIMIT_NEAR 256

/* Operations whose paths are compared with one that leads nowhere: a few words each, of
 * which at most one may differ. */
#define LIMIT_ASTRAY 4096

/* Steps that PCRE2 may take on one value: about 20 ms. A pattern made to explode is
 * stopped there, and the value counts as not matching, with a finding that says so. */
#define LIMIT_PATTERN_STEPS 1000000

/* A subject this long against a pattern is not worth the time. */
#define LIMIT_PATTERN_SUBJECT ((size_t)1024 * 1024)

/* Ways to break one value that are worth telling; a large body has a few hundred. */
#define LIMIT_MUTATIONS 2000

/* Nested $ref, allOf and so on while checking; a schema that refers to itself without
 * consuming the value would go on for ever. */
#define LIMIT_SCHEMA_DEPTH 512

/* Schemas that one check may ask; compositions inside compositions can multiply with
 * every level of the value. About half a second, and twenty for each value that a body
 * may hold. */
#define LIMIT_SCHEMA_STEPS (20 * LIMIT_BODY_NODES)

/* The stack that a call is answered on: LIMIT_SCHEMA_DEPTH levels of a check at under a
 * kilobyte each, four times over for what the sanitizers add. */
#define LIMIT_STACK_BYTES ((size_t)4 * 1024 * 1024)

/* Threads that load documents beside the first one: each may need LIMIT_SPEC_MEMORY,
 * and hardly anybody serves more documents at once. */
#define LIMIT_LOADERS 7

/* The stack that they load on, which is the one that a first thread has. */
#define LIMIT_LOADER_STACK_BYTES ((size_t)8 * 1024 * 1024)

/* How often one who waits for a lock looks whether it is free before it lets others go
 * on: some microseconds, as long as most calls hold it. */
#define LIMIT_LOOKS 100

/* Threads that wait for one lock and let others go on; more of them sleep. */
#define LIMIT_GIVING_WAY 4

/* Namespaces at once: a test run per namespace and a thousand runs are plenty. */
#define LIMIT_NAMESPACES 1024
#define LIMIT_NAMESPACE_NAME 64

/* A namespace that no call has named for so long is given up, unless --namespace-idle
 * says otherwise: whoever left one open in the evening finds it in the morning. */
#define LIMIT_NAMESPACE_IDLE_MS ((int64_t)24 * 60 * 60 * 1000)

/* Snapshots at once, and what they hold together: each may keep instances that every
 * namespace has long changed. */
#define LIMIT_SNAPSHOTS 256
#define LIMIT_SNAPSHOT_INSTANCES 4000000
#define LIMIT_SNAPSHOT_BYTES ((size_t)4 * 1024 * 1024 * 1024)

/* Values of a namespace that is read back from JSON: a hundred thousand instances of
 * thirty members. */
#define LIMIT_IMPORT_NODES 3000000

/* Instances in one collection of one namespace. */
#define LIMIT_INSTANCES 1000000

/* One instance as JSON text. */
#define LIMIT_INSTANCE_BYTES ((size_t)4 * 1024 * 1024)

/* References followed while an instance is made ready to be sent. */
#define LIMIT_EMBED_DEPTH 4

/* What is shown of instances is kept for the next answer: pairs of places for it in
 * each store (24 KB), and the longest text there. A board with a few hundred rows fits
 * into a store's share; namespaces by the hundred share what all of an API may have. */
#define LIMIT_SHOWN 1024
#define LIMIT_SHOWN_TEXT ((size_t)32 * 1024)
#define LIMIT_SHOWN_BYTES ((size_t)2 * 1024 * 1024)
#define LIMIT_SHOWN_ALL_BYTES ((size_t)32 * 1024 * 1024)

/* Instances that one chain (`follow`) may lead to: trees of parts have hundreds. */
#define LIMIT_FOLLOWED 10000

/* Instances that one call may delete or change because they refer to what it deletes.
 */
#define LIMIT_CASCADE 100000

/* Transitions that one call makes happen; what else is due happens with the next. */
#define LIMIT_TRANSITIONS 10000

/* Operations of one JSON Patch, and the items and members that they may pass on the way
 * to their places: a thousand at the end of ten thousand items, some hundredths of a
 * second under a namespace's lock. */
#define LIMIT_PATCH_OPERATIONS 1000
#define LIMIT_PATCH_STEPS ((size_t)10 * 1000 * 1000)

/* Orders in which the instances of one collection are kept, once a list was sorted so.
 * Each costs every change a walk; a table that people look at has a few columns, each
 * sorted up or down. */
#define LIMIT_ORDERS 8

/* Rows in one page or one unpaged list. */
#define LIMIT_LIST_ROWS 10000

/* One answer's body. */
#define LIMIT_ANSWER_BYTES ((size_t)64 * 1024 * 1024)

/* A client's Idempotency-Key: a UUID has 36 characters; what published APIs take at
 * most. */
#define LIMIT_IDEMPOTENCY_KEY 255

/* Answers that a namespace keeps for retries, and their bytes (or one longer answer):
 * past either the oldest is forgotten, long after anybody would try again. */
#define LIMIT_IDEMPOTENCY_KEYS 10000
#define LIMIT_IDEMPOTENCY_BYTES ((size_t)8 * 1024 * 1024)

/* How long they are kept, on the namespace's clock: a day, as published APIs do. */
#define LIMIT_IDEMPOTENCY_MS ((int64_t)24 * 60 * 60 * 1000)

/* One instance, or one set of a namespace's changes, on its way to or from where it is
 * kept: the first change to a collection of a million instances takes all of them
 * along.
 */
#define LIMIT_KEEP_VALUE ((size_t)64 * 1024 * 1024)
#define LIMIT_KEEP_MEMORY ((size_t)2 * 1024 * 1024 * 1024)

/* "/instances/API/COLLECTION:KEY/SLOT", each part escaped. */
#define LIMIT_KEEP_NAME ((size_t)4096)

/* Namespaces that a store keeps, of which LIMIT_NAMESPACES are in memory; snapshots
 * count, too. A test run a minute fills it in two months. */
#define LIMIT_KEPT_NAMESPACES 100000

/* The file that namespaces are kept in: several times what memory holds. A change past
 * it is refused as on a full disk. */
#define LIMIT_KEEP_FILE_BYTES ((int64_t)16 * 1024 * 1024 * 1024)

/* Pages of its write-ahead log (16 MB) before they go into the file: that waits for the
 * disk with everybody else. A start after a crash reads them once more. */
#define LIMIT_KEEP_LOG_PAGES 4000

/* Slots of one collection that is kept, those of removed instances included: they are
 * not given again before the namespace is reset. */
#define LIMIT_KEEP_SLOTS ((size_t)64 * LIMIT_INSTANCES)

/* How often a call is tried again because another server was first, and how long it
 * waits before; so many servers do not meet in one namespace. */
#define LIMIT_KEEP_TRIES 200
#define LIMIT_KEEP_PAUSE_US 2000

/* How long a server of namespaces may take to be reached, and to answer; when it could
 * not be reached nobody asks again for a while. */
#define LIMIT_KEEP_CONNECT_MS 1000
#define LIMIT_KEEP_COMMAND_MS 2000
#define LIMIT_KEEP_AWAY_MS 200

/* How long a call whose fate is not known, since the connection broke, tries to learn
 * what it was. */
#define LIMIT_KEEP_RESOLVE_MS 3000

/* Entries of one change set: each is two words of a command, and Redis takes a million
 * words. */
#define LIMIT_KEEP_REDIS_ENTRIES 500000

/* Faults and limits in force at once in one namespace. */
#define LIMIT_FAULTS 256

/* A fault or scenario that was made by hand, as it was read. */
#define LIMIT_FAULT_MEMORY ((size_t)4 * 1024 * 1024)

/* Limits in one scenario: each that tells callers apart has a table of them. */
#define LIMIT_LIMITS 16

/* Callers that one limit counts apart; past it the oldest window is forgotten. */
#define LIMIT_CALLERS 4096

/* The longest delay a fault may ask for, and any other duration: ten years. */
#define LIMIT_DURATION_MS ((int64_t)3650 * 24 * 60 * 60 * 1000)
#define LIMIT_DELAY_MS ((int64_t)10 * 60 * 1000)

/* Calls that the journal of one namespace remembers, and bytes of each body. */
#define LIMIT_JOURNAL 1000
#define LIMIT_JOURNAL_BODY 4096

/* Calls that the journals of all namespaces remember together, in bytes: past it, each
 * call pushes out older ones of its own namespace. */
#define LIMIT_JOURNAL_BYTES ((size_t)256 * 1024 * 1024)

/* Kept-alive connections served at once; each has a thread of its own in civetweb. */
#define LIMIT_CONNECTIONS 320

/* How long a quiet connection is kept, and how long a started request may take. */
#define LIMIT_KEEP_ALIVE_MS 60000
#define LIMIT_REQUEST_MS 30000

/* Items that the steps of one `each` are done for: the namespace waits meanwhile. */
#define LIMIT_TURNS 10000

/* What one operation may call back: published documents have under five. */
#define LIMIT_CALLBACKS 32

/* A URL that is called back; what servers take at most. */
#define LIMIT_CALLBACK_URL ((size_t)8 * 1024)

/* The body of one. */
#define LIMIT_CALLBACK_BODY ((size_t)4 * 1024 * 1024)

/* Callbacks that wait for their turn, and their bytes together. */
#define LIMIT_CALLBACKS_WAITING 1000
#define LIMIT_CALLBACKS_BYTES ((size_t)64 * 1024 * 1024)

/* Receivers that are called at once: as many slow ones hold up the others. */
#define LIMIT_CALLBACK_THREADS 8

/* How long a receiver may take to be reached, and all in all: it holds up what it is
 * told next. */
#define LIMIT_CALLBACK_CONNECT_MS 1000
#define LIMIT_CALLBACK_MS 5000

/* What a receiver may say, its head and its body: "thank you" as a rule. */
#define LIMIT_CALLBACK_ANSWER ((size_t)256 * 1024)

/* What webhooks tell of one call, all messages together: a thousand usual ones. It is
 * made from the call's memory. */
#define LIMIT_TOLD_BYTES ((size_t)8 * 1024 * 1024)

/* How often a message of a webhook is sent again: publishers stop at five or so. */
#define LIMIT_RETRIES 16

/* How long a stop waits for callbacks; what is left then is not fired. */
#define LIMIT_CALLBACK_STOP_MS 2000

/* How long a stop waits for calls under way. */
#define LIMIT_STOP_MS 5000

#endif
