#define _GNU_SOURCE
#include "shared_window.h"

#include <string.h>

#ifdef __linux__

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

static const char name[] = "convfilter-window";

// Behind the memory, and the 128 bytes beyond it that may be read: what tells it from another's.
enum { BEYOND = 128 };

static size_t place_of_token(const shared_window *window) {
  return (window->bytes + BEYOND + 7) / 8 * 8;
}

static size_t length(const shared_window *window) {
  return place_of_token(window) + sizeof window->token;
}

void *shared_window_make(size_t bytes, shared_window *window) {
  *window = (shared_window){getpid(), -1, bytes, 0};
  if (getrandom(&window->token, sizeof window->token, 0) != sizeof window->token) return NULL;
  const int descriptor = memfd_create(name, MFD_CLOEXEC);
  if (descriptor < 0) return NULL;
  // Its pages are there from now on: what is full says so here rather than when they are touched.
  void *memory = MAP_FAILED;
  if (posix_fallocate(descriptor, 0, (off_t)length(window)) == 0) {
    memory = mmap(NULL, length(window), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  }
  if (memory == MAP_FAILED) {
    close(descriptor);
    return NULL;
  }
  memcpy((char *)memory + place_of_token(window), &window->token, sizeof window->token);
  window->descriptor = descriptor;
  return memory;
}

const void *shared_window_open(const shared_window *window) {
  if (window->descriptor < 0) return NULL;
  char path[64], target[64];
  snprintf(path, sizeof path, "/proc/%lld/fd/%lld", (long long)window->process,
           (long long)window->descriptor);
  // A process of that number may be another one, as on another machine.
  const ssize_t read = readlink(path, target, sizeof target - 1);
  if (read < 0) return NULL;
  target[read] = 0;
  if (strncmp(target, "/memfd:", 7) != 0 || strncmp(target + 7, name, sizeof name - 1) != 0) {
    return NULL;
  }
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return NULL;
  const off_t size = lseek(descriptor, 0, SEEK_END);
  const void *memory = MAP_FAILED;
  if (size >= 0 && (size_t)size == length(window)) {
    memory = mmap(NULL, length(window), PROT_READ, MAP_SHARED, descriptor, 0);
  }
  close(descriptor);
  if (memory == MAP_FAILED) return NULL;
  if (memcmp((const char *)memory + place_of_token(window), &window->token,
             sizeof window->token) != 0) {
    munmap((void *)memory, length(window));
    return NULL;
  }
  return memory;
}

void shared_window_told(shared_window *window) {
  if (window->descriptor >= 0) close((int)window->descriptor);
  window->descriptor = -1;
}

void shared_window_close(const void *memory, const shared_window *window) {
  munmap((void *)memory, length(window));
}

#else

void *shared_window_make(size_t bytes, shared_window *window) {
  *window = (shared_window){0, -1, bytes, 0};
  return NULL;
}

const void *shared_window_open(const shared_window *window) { return NULL; }
void shared_window_told(shared_window *window) {}
void shared_window_close(const void *memory, const shared_window *window) {}

#endif
