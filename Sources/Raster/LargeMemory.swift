import Libc

/// Zeroed memory, aligned to 64 bytes, that the caller deallocates.
///
/// From 4 MiB on, the system is asked for huge pages: passes over many rows at a time would spend
/// much of their time looking up small ones.
///
/// - Parameter bytes: size (≥ 0).
public func allocateZeroed(bytes: Int) -> UnsafeMutableRawPointer {
  let hugePage = 2 << 20
  let isLarge = bytes >= 2 * hugePage
  let memory = UnsafeMutableRawPointer.allocate(
    byteCount: bytes, alignment: isLarge ? hugePage : 64)
  #if canImport(Glibc)
    // Only whole pages: what is asked for is all used.
    if isLarge { madvise(memory, bytes / hugePage * hugePage, MADV_HUGEPAGE) }
  #endif
  memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  return memory
}
