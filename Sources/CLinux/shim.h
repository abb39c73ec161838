// What Linux has and Swift's Glibc does not show.
#if defined(__linux__)
#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/// rename(2) that fails with EEXIST where `target` exists; −1 with errno as it does.
static inline int rename_without_replacing(const char *name, const char *target) {
  // AT_FDCWD and RENAME_NOREPLACE, which <fcntl.h> and <stdio.h> hide without _GNU_SOURCE.
  return (int)syscall(SYS_renameat2, -100, name, -100, target, 1);
}

/// Whether somebody has the file of a read-only descriptor open for writing: 1 or 0; −1 with errno
/// where the system does not tell (another's file, a file system without leases).
static inline int is_open_for_writing(int file) {
  // F_SETLEASE, which <fcntl.h> hides without _GNU_SOURCE: granted only where nobody writes. Who
  // opens the file meanwhile waits until it is given back; the signal that says so is ignored.
  const int set_lease = 1024;
  if (fcntl(file, set_lease, F_RDLCK) == 0) {
    fcntl(file, set_lease, F_UNLCK);
    return 0;
  }
  return errno == EAGAIN ? 1 : -1;
}
#endif
