#ifndef SHARED_WINDOW_H
#define SHARED_WINDOW_H

#include <stddef.h>
#include <stdint.h>

// Memory that other processes of this machine read where it lies. On other systems than Linux there is none.

/// What another process must know to read it.
typedef struct {
  int64_t process, descriptor;
  uint64_t bytes, token;
} shared_window;

/// Memory of `bytes`, zeroed, and what to tell; `descriptor` stays open until shared_window_told.
///
/// Returns NULL where there is none to be had.
void *shared_window_make(size_t bytes, shared_window *window);

/// Another process's memory, to be read only; NULL where it cannot be seen from here.
const void *shared_window_open(const shared_window *window);

/// All who want it have opened it.
void shared_window_told(shared_window *window);

void shared_window_close(const void *memory, const shared_window *window);

#endif
