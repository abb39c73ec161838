// Faults of a system, for a program that is started with this before its libraries: each variable
// of the environment that is set brings one about.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

// No file without a name gets one: some systems refuse that.
int linkat(int from, const char *old, int to, const char *new, int flags) {
  if (getenv("FAULT_LINKAT") != NULL) {
    errno = EPERM;
    return -1;
  }
  int (*real)(int, const char *, int, const char *, int) = dlsym(RTLD_NEXT, "linkat");
  return real(from, old, to, new, flags);
}

// A disk that takes FAULT_DISK bytes.
ssize_t write(int descriptor, const void *bytes, size_t count) {
  static long taken;
  const char *room = getenv("FAULT_DISK");
  if (room != NULL && descriptor > 2) {
    if (__atomic_load_n(&taken, __ATOMIC_RELAXED) >= atol(room)) {
      errno = ENOSPC;
      return -1;
    }
    __atomic_fetch_add(&taken, (long)count, __ATOMIC_RELAXED);
  }
  ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  return real(descriptor, bytes, count);
}

static int is_missing(const char *name) {
  return getenv("FAULT_PROC") != NULL && strncmp(name, "/proc/", 6) == 0;
}

// No /proc, as in a bare chroot.
FILE *fopen(const char *name, const char *mode) {
  if (is_missing(name)) {
    errno = ENOENT;
    return NULL;
  }
  FILE *(*real)(const char *, const char *) = dlsym(RTLD_NEXT, "fopen");
  return real(name, mode);
}

int open(const char *name, int flags, ...) {
  if (is_missing(name)) {
    errno = ENOENT;
    return -1;
  }
  va_list rest;
  va_start(rest, flags);
  const int mode = va_arg(rest, int);
  va_end(rest);
  int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
  return real(name, flags, mode);
}

int access(const char *name, int mode) {
  if (is_missing(name)) {
    errno = ENOENT;
    return -1;
  }
  int (*real)(const char *, int) = dlsym(RTLD_NEXT, "access");
  return real(name, mode);
}
