// Tells the thread sanitizer what Swift's `Mutex` does where two threads want it at once.
//
// Swift takes and gives back a free mutex in the caller's code, which the sanitizer sees. The slow
// paths lie in libswiftSynchronization, which is compiled without it: what one thread wrote before it
// gave the mutex away would look like a race to the next. These functions take the place of the two
// slow paths, call them, and say what they did. Should a Swift of the future name them otherwise,
// races are reported that are none; a race that is one is never hidden.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SELF __attribute__((swift_context))

typedef void __attribute__((swiftcall)) lock_slow(unsigned thread, SELF void *mutex);
typedef void __attribute__((swiftcall)) unlock_slow(SELF void *mutex);

lock_slow told_lock __asm__(LOCK);
unlock_slow told_unlock __asm__(UNLOCK);

__attribute__((swiftcall)) void told_lock(unsigned thread, SELF void *mutex) {
  ((lock_slow *)dlsym(RTLD_NEXT, LOCK))(thread, mutex);
  __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void told_unlock(SELF void *mutex) {
  __tsan_release(mutex);
  ((unlock_slow *)dlsym(RTLD_NEXT, UNLOCK))(mutex);
}
