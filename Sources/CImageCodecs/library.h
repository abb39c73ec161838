#ifndef LIBRARY_H
#define LIBRARY_H

#include <pthread.h>

#include "codec_result.h"

// Libraries of formats are loaded when the first file of theirs is met: linked, they and all that they
// need themselves would be loaded at every start.
//
// A library's table has a pointer for each function that is used of it, of the type that the header
// says. Functions that a header defines as `inline` may not be called: they call past the table.

#define LIBRARY_POINTER(name) __typeof__(name) *name;
#define LIBRARY_FETCH(name) {#name, (void **)&table.name},

/// Where a function's address is to go.
typedef struct {
  const char *name;
  void **slot;
} codec_library_slot;

/// Loads the first of the files `names` (up to NULL) that there is, and finds the functions.
///
/// - message: room for 160 characters; empty afterwards, or why it failed.
void codec_library_load(const char *const *names, const codec_library_slot *slots, size_t count,
                        char *message);

enum { LIBRARY_MESSAGE = 160 };

/// Whether a library is there; calls `load`, which fills its table and `message`, where nobody has.
///
/// - result: says why it is not.
int codec_library_is_there(pthread_once_t *once, void (*load)(void), const char *message,
                           codec_result *result);

#endif
