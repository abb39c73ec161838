#include "descriptor.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <unistd.h>

/// Whether a call that failed is to be made again, once the descriptor is ready.
static int is_passing(int descriptor, short event) {
  if (errno == EINTR) return 1;
  if (errno != EAGAIN && errno != EWOULDBLOCK) return 0;
  struct pollfd wait = {.fd = descriptor, .events = event};
  poll(&wait, 1, -1);
  return 1;
}

ssize_t descriptor_read(int descriptor, void *bytes, size_t count) {
  for (;;) {
    const ssize_t done = read(descriptor, bytes, count);
    if (done >= 0) return done;
    if (!is_passing(descriptor, POLLIN)) return -errno;
  }
}

int descriptor_write(int descriptor, const void *bytes, size_t count) {
  const uint8_t *next = bytes;
  while (count > 0) {
    const ssize_t done = write(descriptor, next, count);
    if (done > 0) {
      next += done;
      count -= (size_t)done;
    } else if (done == 0) {
      return EIO;
    } else if (!is_passing(descriptor, POLLOUT)) {
      return errno;
    }
  }
  return 0;
}
