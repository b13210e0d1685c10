/* cost.h — processor time, which hardly depends on what else the machine does. */
#ifndef SUPPORT_COST_H
#define SUPPORT_COST_H

/* What this thread has used so far, in seconds. */
double thread_seconds(void);

/* What all threads of this process have used. */
double process_seconds(void);

#endif
