#ifndef MESSAGE_PASSING_H
#define MESSAGE_PASSING_H

#include <stddef.h>
#include <stdint.h>

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

/// The largest count of a message, in bytes.
enum { MESSAGE_PASSING_PIECE = 1 << 30 };

/// A message under way.
typedef intptr_t message_passing_request;

/// Start to send or to receive `count` bytes (at most MESSAGE_PASSING_PIECE). The memory, and the request,
/// stay in use until the message is done. Messages of a tag (0 … 32767) come in the order in which they went.
void message_passing_start_send(const void *bytes, size_t count, int rank, int tag,
                                message_passing_request *request);
void message_passing_start_receive(void *bytes, size_t count, int rank, int tag,
                                   message_passing_request *request);

/// 1 where the message is done; brings on whatever is under way.
int message_passing_is_done(message_passing_request *request);
void message_passing_wait(message_passing_request *request);

void message_passing_broadcast(void *bytes, size_t count, int rank);

/// Part `r` of `bytes`, at `starts[r]` and `counts[r]` long, is rank r's own; afterwards all have all.
void message_passing_exchange(void *bytes, const size_t *starts, const size_t *counts);

/// Waits for the other processes, and ends the use of MPI.
void message_passing_end(void);

/// Ends all processes.
_Noreturn void message_passing_abort(int status);

#endif
