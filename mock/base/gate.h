/* gate.h — many go in and out while it is open; one closes it and is then alone.
 *
 * Whoever closes it waits until everyone inside has left, and those who come meanwhile
 * wait outside: they cannot keep it open by being many. Going in and out costs an
 * atomic addition each. Nobody may go in twice without leaving. */
#ifndef BASE_GATE_H
#define BASE_GATE_H

struct gate;

/* Open. Owned by the caller, who calls gate_free when nobody is inside. NULL when
 * memory ran out. */
struct gate *gate_new(void);
void gate_free(struct gate *g);

void gate_enter(struct gate *g);
void gate_leave(struct gate *g);

/* By one thread, which is not inside. */
void gate_close(struct gate *g);
void gate_open(struct gate *g);

#endif
