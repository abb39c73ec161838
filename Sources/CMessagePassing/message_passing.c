#include "message_passing.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Handles are pointers in Open MPI and `int` in MPICH. On the machines that this is built for both are
// passed in a register of 64 bits, of which a callee that wants an `int` reads the lower half.
_Static_assert(sizeof(intptr_t) == 8, "handles go through registers of 64 bits");

typedef intptr_t handle;

static struct {
  int (*init)(int *, char ***);
  int (*finalize)(void);
  int (*abort)(handle, int);
  int (*rank)(handle, int *);
  int (*size)(handle, int *);
  int (*send)(const void *, int, handle, int, int, handle, handle *);
  int (*receive)(void *, int, handle, int, int, handle, handle *);
  int (*test)(handle *, int *, void *);
  int (*wait)(handle *, void *);
  int (*broadcast)(void *, int, handle, int, handle);
  int (*gather)(const void *, int, handle, void *, const int *, const int *, handle, handle);
  handle world, byte, none;
  void *no_status, *in_place;
  int own, count;
} mpi;

// What launchers tell, and whose library belongs to them. Open MPI's own variables come first: its
// launcher may itself run under another one. Slurm's `srun --mpi=pmix` starts Open MPI's processes without it,
// and tells their number only in its own words.
static const struct {
  /// Set where it has started this process.
  const char *mark;
  const char *size;
  int is_open_mpi;
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", 1},
    {"PMI_SIZE", "PMI_SIZE", 0},
    {"MPI_LOCALNRANKS", "MPI_LOCALNRANKS", 0},
    {"PMIX_RANK", "SLURM_STEP_NUM_TASKS", 1},
};

enum { LAUNCHERS = sizeof launchers / sizeof launchers[0] };

static int launcher(void) {
  for (int i = 0; i < LAUNCHERS; i++) {
    const char *text = getenv(launchers[i].size);
    if (getenv(launchers[i].mark) != NULL && text != NULL && atoi(text) > 0) return i;
  }
  return -1;
}

int message_passing_size(void) {
  const int found = launcher();
  return found < 0 ? 1 : atoi(getenv(launchers[found].size));
}

static const char *const open_mpi_names[] = {"libmpi.so.40", "libmpi.so.80", "libmpi.so", NULL};
static const char *const mpich_names[] = {"libmpich.so.12", "libmpi.so.12", "libmpich.so", NULL};

static int fail(char *message, const char *format, const char *what) {
  snprintf(message, MESSAGE_PASSING_ROOM, format, what);
  return -1;
}

/// What of the library has an address, or NULL with a message.
static void *find(void *library, const char *name, char *message) {
  void *found = dlsym(library, name);
  if (found == NULL) fail(message, "the library of MPI has no %s", name);
  return found;
}

int message_passing_begin(char *message) {
  message[0] = 0;
  const int found = launcher();
  if (found < 0) return fail(message, "%s", "no launcher of MPI has started this process");
  const int is_open_mpi = launchers[found].is_open_mpi;
  const char *const *names = is_open_mpi ? open_mpi_names : mpich_names;
  void *library = NULL;
  // Global: Open MPI's own plug-ins look for it there.
  for (int i = 0; names[i] != NULL && library == NULL; i++) {
    library = dlopen(names[i], RTLD_NOW | RTLD_GLOBAL);
  }
  if (library == NULL) {
    return fail(message, "started by MPI, whose library (%s) is not installed here", names[0]);
  }
  const struct {
    const char *name;
    void **slot;
  } functions[] = {
      {"MPI_Init", (void **)&mpi.init},         {"MPI_Finalize", (void **)&mpi.finalize},
      {"MPI_Abort", (void **)&mpi.abort},       {"MPI_Comm_rank", (void **)&mpi.rank},
      {"MPI_Comm_size", (void **)&mpi.size},    {"MPI_Isend", (void **)&mpi.send},
      {"MPI_Irecv", (void **)&mpi.receive},     {"MPI_Bcast", (void **)&mpi.broadcast},
      {"MPI_Test", (void **)&mpi.test},         {"MPI_Wait", (void **)&mpi.wait},
      {"MPI_Allgatherv", (void **)&mpi.gather},
  };
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    if ((*functions[i].slot = find(library, functions[i].name, message)) == NULL) return -1;
  }
  if (is_open_mpi) {
    // mpi.h: `#define MPI_COMM_WORLD OMPI_PREDEFINED_GLOBAL(MPI_Comm, ompi_mpi_comm_world)`.
    mpi.world = (handle)find(library, "ompi_mpi_comm_world", message);
    mpi.byte = (handle)find(library, "ompi_mpi_byte", message);
    if (mpi.world == 0 || mpi.byte == 0) return -1;
    mpi.none = (handle)find(library, "ompi_mpi_datatype_null", message);
    if (mpi.none == 0) return -1;
    mpi.no_status = NULL;
    mpi.in_place = (void *)1;
  } else {
    // mpi.h of MPICH: MPI_COMM_WORLD, MPI_BYTE, MPI_DATATYPE_NULL, MPI_STATUS_IGNORE, MPI_IN_PLACE.
    mpi.world = 0x44000000;
    mpi.byte = 0x4c00010d;
    mpi.none = 0x0c000000;
    mpi.no_status = (void *)1;
    mpi.in_place = (void *)-1;
  }
  if (mpi.init(NULL, NULL) != 0) return fail(message, "%s", "MPI does not start");
  mpi.rank(mpi.world, &mpi.own);
  mpi.size(mpi.world, &mpi.count);
  return 0;
}

int message_passing_rank(void) { return mpi.own; }
int message_passing_count(void) { return mpi.count; }

// Requests are handles, too: MPICH writes the lower half of what was 0.
_Static_assert(sizeof(message_passing_request) == sizeof(handle), "a request is a handle");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the lower half of a handle comes first");

void message_passing_start_send(const void *bytes, size_t count, int rank, int tag,
                                message_passing_request *request) {
  *request = 0;
  mpi.send(bytes, (int)count, mpi.byte, rank, tag, mpi.world, request);
}

void message_passing_start_receive(void *bytes, size_t count, int rank, int tag,
                                   message_passing_request *request) {
  *request = 0;
  mpi.receive(bytes, (int)count, mpi.byte, rank, tag, mpi.world, request);
}

int message_passing_is_done(message_passing_request *request) {
  int flag = 0;
  mpi.test(request, &flag, mpi.no_status);
  return flag;
}

void message_passing_wait(message_passing_request *request) { mpi.wait(request, mpi.no_status); }

// Counts are `int` in MPI.
enum { PIECE = MESSAGE_PASSING_PIECE };

static int piece(size_t count) { return count < PIECE ? (int)count : PIECE; }

void message_passing_broadcast(void *bytes, size_t count, int rank) {
  for (size_t done = 0; done < count; done += PIECE) {
    mpi.broadcast((char *)bytes + done, piece(count - done), mpi.byte, rank, mpi.world);
  }
}

void message_passing_exchange(void *bytes, const size_t *starts, const size_t *counts) {
  // Numbers of all of them are `int`.
  int *lengths = malloc(2 * sizeof(int) * (size_t)mpi.count);
  int *places = lengths == NULL ? NULL : lengths + mpi.count;
  int fits = lengths != NULL;
  for (int rank = 0; fits && rank < mpi.count; rank++) {
    fits = starts[rank] <= INT_MAX && counts[rank] <= INT_MAX - starts[rank];
    places[rank] = fits ? (int)starts[rank] : 0;
    lengths[rank] = fits ? (int)counts[rank] : 0;
  }
  if (fits) mpi.gather(mpi.in_place, 0, mpi.none, bytes, lengths, places, mpi.byte, mpi.world);
  free(lengths);
  if (fits) return;
  for (int rank = 0; rank < mpi.count; rank++) {
    message_passing_broadcast((char *)bytes + starts[rank], counts[rank], rank);
  }
}

void message_passing_end(void) { mpi.finalize(); }

_Noreturn void message_passing_abort(int status) {
  mpi.abort(mpi.world, status);
  _Exit(status);
}
