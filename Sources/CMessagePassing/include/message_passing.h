#ifndef MESSAGE_PASSING_H
#define MESSAGE_PASSING_H

#include <stddef.h>

// MPI, loaded when a program is started by `mpirun`, `mpiexec` or `srun`; neither its headers nor its
// library are wanted to build or to run without it. Open MPI and MPICH (with what has its binary
// interface, such as Intel MPI) differ in what their handles are, so each is met on its own terms.
//
// All calls come from one thread. A failure within MPI ends all processes, as MPI does by itself.

/// How many processes the launcher says that it has started; 1 where there is no launcher.
int message_passing_size(void);

enum { MESSAGE_PASSING_ROOM = 200 };

/// Loads the launcher's library and starts it.
///
/// - message: room for MESSAGE_PASSING_ROOM characters; why it failed.
///
/// Returns 0, or -1.
int message_passing_begin(char *message);

/// This process's number, and how many there are.
int message_passing_rank(void);
int message_passing_count(void);

void message_passing_send(const void *bytes, size_t count, int rank);
void message_passing_receive(void *bytes, size_t count, int rank);
/// Both at the same time; the other rank does the same.
void message_passing_swap(const void *own, size_t own_count, void *others, size_t others_count,
                          int rank);
void message_passing_broadcast(void *bytes, size_t count, int rank);

/// Part `r` of `bytes`, at `starts[r]` and `counts[r]` long, is rank r's own; afterwards all have all.
void message_passing_exchange(void *bytes, const size_t *starts, const size_t *counts);

/// Waits for the other processes, and ends the use of MPI.
void message_passing_end(void);

/// Ends all processes.
_Noreturn void message_passing_abort(int status);

#endif
