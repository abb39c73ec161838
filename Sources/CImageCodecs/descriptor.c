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

ssize_t descriptor_read_at(int descriptor, off_t offset, void *bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    const ssize_t part =
        pread(descriptor, (uint8_t *)bytes + done, count - done, offset + (off_t)done);
    if (part == 0) break;
    if (part > 0) {
      done += (size_t)part;
    } else if (!is_passing(descriptor, POLLIN)) {
      return -errno;
    }
  }
  return (ssize_t)done;
}

// Writes all bytes: where the descriptor stands, or from `offset` on where that is not negative.
static int write_all(int descriptor, off_t offset, const uint8_t *bytes, size_t count) {
  for (size_t done = 0; done < count;) {
    const ssize_t part =
        offset < 0 ? write(descriptor, bytes + done, count - done)
                   : pwrite(descriptor, bytes + done, count - done, offset + (off_t)done);
    if (part > 0) {
      done += (size_t)part;
    } else if (part == 0) {
      return EIO;
    } else if (!is_passing(descriptor, POLLOUT)) {
      return errno;
    }
  }
  return 0;
}

int descriptor_write(int descriptor, const void *bytes, size_t count) {
  return write_all(descriptor, -1, bytes, count);
}

int descriptor_write_at(int descriptor, off_t offset, const void *bytes, size_t count) {
  return write_all(descriptor, offset, bytes, count);
}
